"""Instants and schedules in readable text."""

from datetime import datetime

from gateway.core.oncall.rota import Rota, shifts
from gateway.core.time.wallclock import load_zone


def at(text: str, zone: str = "UTC") -> float:
    """Return the instant of an ISO time; one without an offset is in `zone`."""
    when = datetime.fromisoformat(text)
    return (when if when.tzinfo else when.replace(tzinfo=load_zone(zone))).timestamp()


def table(rota: Rota, start: str, end: str) -> list[str]:
    """Return the shifts between two local times, each as "start people, origin"."""
    zone = load_zone(rota.zone)
    return [
        f"{datetime.fromtimestamp(s.start, zone).isoformat(' ', 'minutes')} "
        f"{'+'.join(s.people) or 'nobody'}, {s.by or 'no layer'}"
        for s in shifts(rota, at(start, rota.zone), at(end, rota.zone))
    ]
