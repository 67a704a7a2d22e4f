"""Tests of gateway/core/oncall."""
