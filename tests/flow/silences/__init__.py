"""Tests of gateway/flow/silences."""
