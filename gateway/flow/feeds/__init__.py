"""Calendar feeds that the gateway publishes: one for each rota and each person."""
