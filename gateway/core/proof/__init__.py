"""Proof of a rota plan: whom alerts reach in the weeks to come, and when they reach nobody."""
