"""Tests of gateway/store/schema."""
