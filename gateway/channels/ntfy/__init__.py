"""Push messages by ntfy."""
