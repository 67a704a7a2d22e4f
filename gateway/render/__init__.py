"""Words: templates, escaping and budgets for each channel.

Nothing is imported here: commands that only print times must not pay for Jinja.
"""
