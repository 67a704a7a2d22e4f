"""Simulation of recorded alerts under another routes.yaml, and what that changes for people."""
