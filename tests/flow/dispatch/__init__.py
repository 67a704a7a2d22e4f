"""Tests of gateway/flow/dispatch."""
