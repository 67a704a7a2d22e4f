"""URLs and host names, read and checked."""
