"""Tests of gateway/flow/oncall."""
