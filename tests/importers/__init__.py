"""Tests of gateway/importers."""
