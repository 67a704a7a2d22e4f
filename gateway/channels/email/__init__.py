"""E-mail, through the provider of an account."""
