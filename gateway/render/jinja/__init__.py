"""Templates: loading, sandbox, budget and checks."""
