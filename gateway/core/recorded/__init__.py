"""What happened, apart from what routes.yaml made of it."""
