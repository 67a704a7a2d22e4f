"""Tests of gateway/core/plan."""
