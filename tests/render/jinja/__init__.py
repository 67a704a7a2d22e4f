"""Tests of gateway/render/jinja."""
