"""Tests of gateway/config/export."""
