"""Tests of gateway/flow/feeds."""
