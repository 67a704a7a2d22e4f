"""Tests of gateway/web/connections."""
