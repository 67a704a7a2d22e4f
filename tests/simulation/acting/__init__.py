"""Random days of people who act by all means, checked against the documentation."""
