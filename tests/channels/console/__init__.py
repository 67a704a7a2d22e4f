"""Tests of gateway/channels/console."""
