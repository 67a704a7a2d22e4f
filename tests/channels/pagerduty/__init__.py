"""Tests of gateway/channels/pagerduty."""
