"""Records of an export, the same for all products."""
