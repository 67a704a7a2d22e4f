"""The render process, for templates that are not the shipped ones."""
