"""Tests of gateway/channels/webhook."""
