"""What routes.yaml says, as checked values."""
