"""What every endpoint shares: access, bodies, errors, refusals."""
