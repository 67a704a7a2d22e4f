"""Tests of gateway/web/explain."""
