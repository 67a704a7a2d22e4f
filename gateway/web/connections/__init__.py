"""Limits, time-outs and file descriptors of the server's connections."""
