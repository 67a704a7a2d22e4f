"""Tests of gateway/web/http."""
