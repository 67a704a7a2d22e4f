"""Tests of gateway/store/db."""
