"""Tests of the health of contacts."""
