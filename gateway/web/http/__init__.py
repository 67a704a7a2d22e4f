"""Access control, bodies, errors and refusals, shared by every endpoint."""
