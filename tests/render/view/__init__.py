"""Tests of gateway/render/view."""
