"""Tests of gateway/core/urls."""
