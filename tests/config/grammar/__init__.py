"""Tests of gateway/config/grammar."""
