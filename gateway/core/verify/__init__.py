"""Checks of the gateway's promises against what is stored. Pure."""
