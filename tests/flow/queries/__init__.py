"""Tests of gateway/flow/queries."""
