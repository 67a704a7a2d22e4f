"""Tests of gateway/flow/reports."""
