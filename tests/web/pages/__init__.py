"""Tests of gateway/web/pages."""
