"""Messages printed where the gateway runs."""
