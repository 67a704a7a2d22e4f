"""Tests of what vendors post back."""
