"""Rendering: templates, escaping and budgets for each channel.

Nothing is imported here, because commands that only print times must not import Jinja.
"""
