"""Tests of gateway/config/build."""
