"""A process of its own for templates that are not the shipped ones."""
