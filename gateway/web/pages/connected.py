"""The other incidents that an incident's page names, and why."""

from dataclasses import dataclass

from gateway.core.incidents.incident import Incident
from gateway.render.view.times import clock_time


@dataclass(frozen=True, slots=True)
class Connected:
    """A sentence around a link to another incident."""

    text: str
    number: int
    after: str = ""


def connected_incidents(incident: Incident, zone: str, now: float) -> list[Connected]:
    """Return the merged, previous and linked incidents, with times on the wall clock of `zone`."""
    responses, previous = incident.responses, incident.previous
    connected = []
    if responses.merged_into is not None:
        connected.append(Connected("Merged into", responses.merged_into, ", which notifies for it"))
    connected += [Connected("Merged into this one:", number) for number in responses.merged]
    if previous is not None:
        after = f", until {clock_time(previous.ended_at, zone, now)}"
        if previous.lately > 1:
            after += f"; {previous.lately} times in the last seven days"
        connected.append(Connected("It fired before, as", previous.number, after))
    connected += [Connected("Linked with", number) for number in responses.related]
    return connected
