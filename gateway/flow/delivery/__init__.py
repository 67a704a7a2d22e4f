"""Notices are claimed, sent and recorded."""
