"""Questions that pages and APIs ask."""
