"""The names that the headers of a target's mails may use in braces."""

FACT_NAMES = ("status", "severity", "receiver", "team", "incident", "name")
"""Names of single facts: `{{ status }}`."""

TEXT_MAPS = ("labels", "group_labels", "annotations")
"""Names of maps of texts: `{{ labels.team }}`."""

REPLY_TO = "Reply-To"
"""The header that is an address: it has no braces, because labels come from anyone."""
