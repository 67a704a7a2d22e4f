"""Rows that decisions read and change."""
