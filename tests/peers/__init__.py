"""The gateway beside the real Alertmanager: both are given the same, and must do the same."""
