"""The silence of one incident: of its present and future alerts, and of no others."""

from collections.abc import Sequence

from gateway.core.incidents.incident import Incident
from gateway.core.incidents.silence import Silence, SilenceError
from gateway.core.matching.matcher import Matcher
from gateway.core.routing.match import Route
from gateway.core.routing.silence_scope import incident_matchers
from gateway.flow.silences.silences import SilenceRequest, Silences

TOO_WIDE = (
    "No label distinguishes its alerts, so a silence would cover all alerts. "
    "Write matchers for it: gateway silence add"
)


async def active_silences(
    silences: Silences, matchers: Sequence[Matcher], now: float
) -> list[Silence]:
    """Return the active silences with exactly these matchers. `now` is in unix seconds."""
    exact = frozenset(matchers)
    return await silences.read_all(
        lambda stored: [
            one for one in stored if one.state(now) == "active" and frozenset(one.matchers) == exact
        ],
        ended=False,
    )


async def active_silences_of(
    silences: Silences, root: Route, incident: Incident, now: float
) -> list[Silence]:
    """Return the active silences of exactly this incident. `now` is in unix seconds."""
    matchers = incident_matchers(root, incident.route_id, incident.group_labels)
    return await active_silences(silences, matchers, now) if matchers else []


async def silence_incident(
    silences: Silences,
    root: Route,
    incident: Incident,
    *,
    now: float,
    seconds: float,
    created_by: str,
    comment: str,
) -> Silence:
    """Silence an incident from `now` (unix seconds) for `seconds`, and return the silence.

    One that is active over exactly this incident is changed, so that a second press makes no
    second silence. Raises SilenceError where a silence would cover all alerts.
    """
    matchers = incident_matchers(root, incident.route_id, incident.group_labels)
    if not matchers:
        raise SilenceError(TOO_WIDE, "matchers")
    active = await active_silences(silences, matchers, now)
    return await silences.put(
        SilenceRequest(
            matchers,
            active[0].starts_at if active else now,
            now + seconds,
            created_by,
            comment,
            silence_id=active[0].id if active else "",
        )
    )
