"""What channels share: HTTP, errors, shortening, threads."""
