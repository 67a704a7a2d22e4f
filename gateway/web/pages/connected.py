"""What an incident's page names beside it: other incidents, and changes before it."""

from dataclasses import dataclass

from gateway.core.incidents.incident import Incident
from gateway.core.text.escape import safe_url
from gateway.render.view.changes import change_before
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


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of the watched systems; `url` is empty for none."""

    text: str
    title: str
    url: str


def changes_before(incident: Incident, zone: str, now: float) -> list[ChangeLine]:
    """Return the changes before an incident, with times on the wall clock of `zone`."""
    return [
        ChangeLine(
            f"{change_before(incident.began_at - one.at)}, at {clock_time(one.at, zone, now)}:",
            one.title,
            safe_url(one.link) or "",
        )
        for one in incident.changes
    ]
