"""Tests of gateway/core/heartbeats."""
