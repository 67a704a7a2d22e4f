"""Tests of gateway/web/ingest."""
