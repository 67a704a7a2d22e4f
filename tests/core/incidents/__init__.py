"""Tests of gateway/core/incidents."""
