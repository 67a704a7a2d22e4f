"""Tests of gateway/config/lint."""
