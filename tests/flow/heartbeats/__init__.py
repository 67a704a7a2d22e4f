"""Tests of gateway/flow/heartbeats."""
