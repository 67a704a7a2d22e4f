"""Which keys routes.yaml has, and what each may hold."""
