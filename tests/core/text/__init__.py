"""Tests of gateway/core/text."""
