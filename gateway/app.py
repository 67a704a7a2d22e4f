"""The composition root: builds every part once and joins them in one straight line."""
