"""The routing tree: which routes match, when they are muted, what inhibits."""
