"""The products' own rules, each asked for one instant at a time."""
