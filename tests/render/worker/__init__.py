"""Tests of gateway/render/worker."""
