"""From parsed values to the plan."""
