"""The real Prometheus and Alertmanager in front of the gateway, fake vendors behind it."""
