"""Tests of gateway/store/state."""
