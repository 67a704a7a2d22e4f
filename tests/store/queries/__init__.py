"""Tests of gateway/store/queries."""
