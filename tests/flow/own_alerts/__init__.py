"""Tests of gateway/flow/own_alerts."""
