"""Tests of gateway/core/decide."""
