"""The gateway beside the real Alertmanager: both get the same input and must do the same."""
