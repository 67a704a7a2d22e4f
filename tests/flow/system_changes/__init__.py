"""Tests of gateway/flow/system_changes."""
