"""`gateway simulate`: what another routes.yaml would have done."""
