"""What must hold of a finished day of people on call."""

from collections.abc import Collection, Sequence

from gateway.core.incidents.timeline import TimelineEntry, TimelineKind
from gateway.flow.queries.duty import DutyReader
from gateway.store import Tx
from gateway.store.queries.deliveries import NoticeSummary, notices_of
from gateway.store.state import incidents
from tests.flow.world import START
from tests.simulation.on_call.days import OnCallDay
from tests.simulation.on_call.routes import CONTACTS, FALLBACK
from tests.simulation.on_call.world import Sample


async def broken_on_call_promises(day: OnCallDay) -> list[str]:
    """Return a sentence for each broken promise."""
    return [
        *dict.fromkeys(day.problems),
        *await changes_are_kept(day),
        *await swaps_are_kept(day),
        *await duty_is_recorded(day),
        *await people_on_call_are_paged(day),
    ]


async def changes_are_kept(day: OnCallDay) -> list[str]:
    """No change is lost; one that became void is kept, with why and by whom."""
    stored = {one.id: one for one in await day.world.engine.changes.read(ended=True)}
    ledger = day.world.model.changes
    problems = [f"change {id_} is lost" for id_ in ledger.keys() - stored.keys()]
    problems += [f"change {id_} was made by nobody" for id_ in stored.keys() - ledger.keys()]
    for id_ in ledger.keys() & stored.keys():
        made, now = ledger[id_], stored[id_]
        if made.override != now.as_override() or made.rota != now.rota:
            problems.append(f"change {id_} was altered: {now}")
        reason = now.voiding.reason if now.voiding else ""
        whys = made.void.split(" or ") if made.void else [""]
        if not any(reason.startswith(why) for why in whys) or bool(reason) != bool(made.void):
            problems.append(f"change {id_} is void: {reason!r}, not {made.void!r}")
    return problems


async def swaps_are_kept(day: OnCallDay) -> list[str]:
    """Each swap is in the state that the last answer left it in."""
    stored = {one.id: one for one in await day.world.engine.swaps.read(ended=True)}
    expected = {id_: one.state for id_, one in day.swaps.items()}
    result = {id_: one.state.value for id_, one in stored.items()}
    return [] if result == expected else [f"swaps are {result}, not {expected}"]


async def duty_is_recorded(day: OnCallDay) -> list[str]:
    """The past by the records is who was on call."""
    world = day.world
    rotas, now = world.engine.plan.rotas, world.now

    def read(tx: Tx) -> list[str]:
        reader = DutyReader(tx, rotas, now)
        problems = []
        for at, sample in world.samples.items():
            for name, people in sample.people.items():
                recorded = reader.at(name, at).people if name in reader.names() else ()
                if set(recorded) != set(people) and at < now:
                    problems.append(
                        f"{name} at +{at - START:.2f}: recorded {recorded}, not {people}"
                    )
        return problems

    return await world.engine.store.read(read)


async def people_on_call_are_paged(day: OnCallDay) -> list[str]:
    """Everyone who is on call when an incident is first notified gets a notice at that instant.

    Nobody else does, and if nobody on call can be reached somebody further is notified at once.
    """
    problems: list[str] = []
    number = 1001
    store = day.world.engine.store
    while True:
        incident = await store.read(lambda tx, n=number: incidents.get(tx, n))
        if incident is None:
            return problems
        if incident.receiver == "billing":
            notices = await store.read(lambda tx, n=number: notices_of(tx, n))
            lines = await day.world.timeline(number)
            problems += [
                f"#{number} {text}" for text in _first_page(day.world.samples, lines, notices)
            ]
        number += 1


def _first_page(
    samples: dict[float, Sample],
    lines: Sequence[TimelineEntry],
    notices: Sequence[NoticeSummary],
) -> list[str]:
    steps = [one for one in lines if one.kind in (TimelineKind.ESCALATED, TimelineKind.STEP_EMPTY)]
    if not steps:
        notified = [one for one in notices if one.reason == "first"]
        return ["was notified without an escalation"] if notified else []
    at = steps[0].at
    sample = samples.get(at)
    if sample is None:
        return [f"was decided at +{at - START:.2f}, when nothing was due"]
    created = [one for one in notices if one.created_at == at]
    problems = [_wrong_page(on_call, sample.unusable, created) for on_call in sample.on_call]
    return [] if "" in problems else problems


def _wrong_page(
    on_call: Sequence[str], unusable: Collection[str], notices: Sequence[NoticeSummary]
) -> str:
    """Return what is wrong with the first notices of an incident; empty if nothing is."""
    reachable = {
        person for person in on_call if any(key not in unusable for key in CONTACTS[person])
    }
    paged = {one.target.person for one in notices if one.target.person}
    if reachable:
        return "" if paged == reachable else f"paged {paged} and not {reachable} of {on_call}"
    others = {one.target.key for one in notices}
    if not paged and FALLBACK not in others:
        return f"nobody of {on_call} can be reached, and only {others} were notified"
    return ""
