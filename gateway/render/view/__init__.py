"""What templates see of an incident."""
