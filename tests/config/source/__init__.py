"""Tests of gateway/config/source."""
