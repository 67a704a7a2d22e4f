"""Tests of gateway/core/time."""
