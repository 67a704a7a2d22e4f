"""Tests of gateway/flow/runtime."""
