"""`gateway doctor`: what is wrong around the gateway, and what to do."""
