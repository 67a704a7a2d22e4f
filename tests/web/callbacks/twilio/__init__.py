"""What Twilio posts to the gateway."""
