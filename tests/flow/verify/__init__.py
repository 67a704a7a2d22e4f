"""Tests of verification inside the gateway."""
