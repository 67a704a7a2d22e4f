"""Is monitoring sound? Facts about alert rules, and the answers they give. Pure."""
