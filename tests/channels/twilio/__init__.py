"""Twilio's SDK over our HTTP client."""
