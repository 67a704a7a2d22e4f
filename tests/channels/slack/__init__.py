"""Tests of gateway/channels/slack."""
