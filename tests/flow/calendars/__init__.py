"""Tests of gateway/flow/calendars."""
