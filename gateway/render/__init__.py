"""Words: templates, escaping and budgets for each channel."""
