"""Queries for pages, the API and commands. Nothing here decides or writes."""
