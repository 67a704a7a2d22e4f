"""Answers to "why was I (not) paged?", shared by pages, API and CLI.

One function for each question: `incident.explain_incident`, `alert_labels.explain_labels` and
`person.explain_person`. They return typed data (`answers`); the API writes it as JSON, which the
CLI prints, and pages draw it.
"""
