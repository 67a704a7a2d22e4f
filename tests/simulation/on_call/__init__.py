"""Random days of people on call: changes, swaps, bounces, broken calendars and reloads."""
