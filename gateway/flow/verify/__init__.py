"""Verification inside the gateway: on request, and each night once across replicas."""
