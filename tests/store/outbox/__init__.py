"""Tests of gateway/store/outbox."""
