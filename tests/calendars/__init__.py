"""Tests of gateway/calendars."""
