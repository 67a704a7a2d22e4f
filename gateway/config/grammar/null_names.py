"""Words in names of receivers that notify nobody on purpose."""

NAMES = ("null", "none", "nobody", "nothing", "blackhole", "devnull", "noop", "discard")
"""A receiver with one of these words in its name notifies nobody on purpose."""
