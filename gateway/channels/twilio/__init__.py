"""What the channels by Twilio share: its SDK over our HTTP client, and its errors."""
