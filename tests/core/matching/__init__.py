"""Tests of gateway/core/matching."""
