"""Tests of gateway/flow/shifts."""
