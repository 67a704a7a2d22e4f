"""PagerDuty events."""
