"""Tests of gateway/core/routing."""
