"""What Twilio posts: states of messages and calls, text messages, pressed keys."""
