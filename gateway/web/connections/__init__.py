"""Connections of the server: limits, time-outs, descriptors."""
