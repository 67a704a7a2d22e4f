"""Tests of gateway/cli/respond."""
