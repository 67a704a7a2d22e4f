"""Tests of gateway/flow/stripe."""
