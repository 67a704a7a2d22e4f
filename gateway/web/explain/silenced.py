"""Who keeps an incident's alerts quiet, until when and why: silences in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.incidents.incident import Member
from gateway.core.incidents.silence import Silence, SilenceIndex
from gateway.core.plan.plan import Plan
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time
from gateway.store import Tx
from gateway.store.state import silences
from gateway.web.explain.names import name_of

SHORT = 8
"""Characters of an id that `gateway silence expire` needs to be told, as a rule."""


def silences_now(tx: Tx, now: float) -> SilenceIndex:
    """The silences that hold at `now`, ready to be asked."""
    return SilenceIndex(silences.ending_after(tx, now))


@dataclass(frozen=True, slots=True)
class Over:
    """A silence over alerts that fire: a sentence about it, and its id."""

    text: str
    silence: str


def silences_over(
    known: SilenceIndex, members: Sequence[Member], plan: Plan, now: float, zone: str
) -> list[Over]:
    """Each silence over any of the alerts that fire at `now`."""
    firing = [member for member in members if member.firing(now)]
    over: dict[str, tuple[Silence, int]] = {}
    for member in firing:
        for silence in known.silencing(member.alert.labels, now):
            count = over.get(silence.id, (silence, 0))[1]
            over[silence.id] = (silence, count + 1)
    found = []
    for silence, count in over.values():
        by = words(silence, plan, now, zone)
        part = f"{count} of its {len(firing)} alerts that fire: silenced"
        said = "Silenced" if count == len(firing) else part
        found.append(Over(f"{said} {by}.", silence.id))
    return found


def silenced(
    known: SilenceIndex, members: Sequence[Member], plan: Plan, now: float, zone: str
) -> list[str]:
    """The same in sentences alone."""
    return [one.text for one in silences_over(known, members, plan, now, zone)]


def words(silence: Silence, plan: Plan, now: float, zone: str) -> str:
    """Who asked for it, until when, why, and how to end it."""
    who = name_of(plan, silence.created_by) or "somebody"
    why = f" ({clean(silence.comment, 200)})" if silence.comment else ""
    until = clock_time(silence.ends_at, zone, now)
    return f"by {who} until {until}{why}; to end it: gateway silence expire {silence.id[:SHORT]}"
