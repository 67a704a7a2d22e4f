"""Tests of gateway/channels/email."""
