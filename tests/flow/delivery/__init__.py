"""Tests of gateway/flow/delivery."""
