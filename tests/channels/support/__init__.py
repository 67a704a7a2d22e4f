"""Tests of gateway/channels/support."""
