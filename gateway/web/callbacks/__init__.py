"""What vendors post back: bounces, complaints, reactivations."""
