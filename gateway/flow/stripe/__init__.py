"""Stripe: whether its webhook endpoints are enabled, which no event says."""
