"""Packages and manifests: what strangers deploy."""
