"""Tests of gateway/flow/intake."""
