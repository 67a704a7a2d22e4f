"""Forms in which the gateway is deployed, and what is generated for them."""
