"""Notices from their commit to their last attempt."""
