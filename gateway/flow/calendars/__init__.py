"""Calendars that rotas and holidays read, while the gateway runs."""
