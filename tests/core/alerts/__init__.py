"""Tests of gateway/core/alerts."""
