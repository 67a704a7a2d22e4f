"""Tests of gateway/channels/ntfy."""
