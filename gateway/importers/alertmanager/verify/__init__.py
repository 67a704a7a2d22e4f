"""Whether both files send the same alerts to the same receivers."""
