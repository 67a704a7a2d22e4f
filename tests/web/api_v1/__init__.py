"""Tests of gateway/web/api_v1."""
