"""Shared parts of commands: context, output, times, the API client."""
