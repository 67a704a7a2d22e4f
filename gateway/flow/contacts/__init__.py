"""Health of contacts: which addresses are not used, and what follows from a bounce."""
