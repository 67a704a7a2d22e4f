"""Questions of pages, the API and commands."""
