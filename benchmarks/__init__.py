"""Benchmarks of the gateway beside a real Alertmanager, in one run on the same machine."""
