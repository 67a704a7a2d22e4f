"""The promises as invariants of a finished simulation."""

from collections import Counter, defaultdict

from gateway.core.incidents.incident import State
from gateway.core.incidents.notice import FIRING_KINDS, NoticeKind
from gateway.store import outbox
from gateway.store.state import incidents, timeline
from tests.flow.world import START, Delivered
from tests.simulation.random_days import Simulation
from tests.store.reads import open_incidents

RESOLVED_KINDS = {NoticeKind.RESOLVED.value, NoticeKind.LATE.value}
DECIDED_KINDS = {"firing", "repeat", "worse", "escalation", "missed"}
FIRING = {kind.value for kind in FIRING_KINDS}


async def broken_promises(simulation: Simulation) -> list[str]:
    """Return a sentence for each broken promise."""
    queues: dict[tuple[int, str], list[Delivered]] = defaultdict(list)
    for one in simulation.world.delivered:
        if one.incident:  # messages about shifts have queues of their own
            queues[one.incident, one.to].append(one)
    problems: list[str] = []
    dead_letters = {
        (notice.incident, notice.target.key) for notice in await simulation.world.dead()
    }
    for (number, to), deliveries in queues.items():
        if (number, to) not in dead_letters:  # a dead letter is listed and can be replayed
            problems += resolved_follows_firing(number, to, deliveries)
        problems += in_order(number, to, deliveries, simulation.doubled)
    problems += sent_once(simulation)
    problems += missed_once(simulation)
    problems += quiet_while_silenced(simulation)
    problems += await quiet_after_acknowledgement(simulation)
    problems += await everything_has_a_reason(simulation)
    return problems


def resolved_follows_firing(number: int, to: str, deliveries: list[Delivered]) -> list[str]:
    """Promise 14: each firing notification has its resolved one, and the reverse (E5)."""
    kinds = [one.kind for one in deliveries]
    firing_kinds = [
        kind for kind in kinds if kind in FIRING or kind == NoticeKind.ACKNOWLEDGED.value
    ]
    if firing_kinds and not any(kind in RESOLVED_KINDS for kind in kinds):
        return [f"#{number} {to}: notified of the firing and not of the end: {kinds}"]
    if (
        NoticeKind.RESOLVED.value in kinds
        and not firing_kinds
        and NoticeKind.LATE.value not in kinds
    ):
        return [f"#{number} {to}: notified of an end without a beginning: {kinds}"]
    return []


def in_order(number: int, to: str, deliveries: list[Delivered], doubled: set[int]) -> list[str]:
    """Promise 4: nothing follows the resolved notification, and notices leave in order."""
    ids = [one.notice for one in deliveries if one.notice not in doubled]
    if ids != sorted(ids):
        return [f"#{number} {to}: out of order: {ids}"]
    kinds = [one.kind for one in deliveries]
    ends = [position for position, kind in enumerate(kinds) if kind in RESOLVED_KINDS]
    if ends and any(kind not in RESOLVED_KINDS for kind in kinds[ends[0] :]):
        return [f"#{number} {to}: notified after the end: {kinds}"]
    return []


def sent_once(simulation: Simulation) -> list[str]:
    """Promise 3: a notice arrives once, unless its answer was lost or its replica died."""
    counts = Counter(one.notice for one in simulation.world.delivered)
    return [
        f"notice {notice} arrived {count} times for no reason"
        for notice, count in counts.items()
        if count > 1 and notice not in simulation.doubled
    ]


def missed_once(simulation: Simulation) -> list[str]:
    """A missed response is announced once to a target, and once for each incident decided."""
    missed = [
        one
        for one in simulation.world.delivered
        if one.kind == NoticeKind.MISSED.value and one.notice not in simulation.doubled
    ]
    counts = Counter((one.incident, one.to) for one in missed)
    return [
        f"#{number}: {count} messages of a missed response to {to}"
        for (number, to), count in counts.items()
        if count > 1
    ]


def quiet_while_silenced(simulation: Simulation) -> list[str]:
    """No notification contains an alert that was silenced at its decision (E9)."""
    problems = []
    for one in simulation.world.delivered:
        facts = one.message.facts
        decided_at = facts["at"]
        if one.kind not in DECIDED_KINDS:
            continue
        for fact_alert in facts["alerts"]:
            problems += [
                f"#{one.incident} {one.to}: {fact_alert['labels']} at"
                f" +{decided_at - START:.0f} in spite of the silence"
                f" {', '.join(map(str, silence.matchers))}"
                for silence in simulation.silences.values()
                if fact_alert["status"] == "firing"
                and silence.starts_at < decided_at < silence.ends_at
                and silence.mutes(fact_alert["labels"])
            ]
    return problems


async def quiet_after_acknowledgement(simulation: Simulation) -> list[str]:
    """E22: no repeat, no escalation and no missed response while it is acknowledged."""
    problems = []
    numbers = {one.incident for one in simulation.world.delivered}
    for number in numbers:
        lines = await simulation.world.timeline(number)
        acknowledged = False
        spans: list[tuple[float, float]] = []
        since = 0.0
        for line in lines:
            if line.kind == "acknowledged" and not acknowledged:
                acknowledged, since = True, line.at
            elif acknowledged and line.kind in (
                "acknowledgement undone",
                "acknowledgement expired",
                "reopened",
                "resolved",
            ):
                acknowledged = False
                spans.append((since, line.at))
        for one in simulation.world.delivered:
            at = one.at + START
            if one.incident == number and one.kind in ("repeat", "escalation", "missed"):
                problems += [
                    f"#{number}: {one.kind} at {at - START:.0f} while acknowledged"
                    for begin, end in spans
                    if begin < at < end and one.notice not in simulation.doubled
                ]
    return problems


async def everything_has_a_reason(simulation: Simulation) -> list[str]:
    """Promise 2: each incident resolved, notified or recorded why not; the outbox is empty."""
    engine = simulation.world.engine
    problems = []
    still_open = await engine.store.read(open_incidents)
    problems += [
        f"#{one.number} is still {one.state.value}, due {one.due_at}" for one in still_open
    ]
    depth = await engine.store.read(lambda tx: outbox.depth(tx))
    problems += [f"outbox: {line}" for line in depth if line[1] in ("pending", "sending")]
    notified = {one.incident for one in simulation.world.delivered}
    number = 1001
    while True:
        one = await engine.store.read(lambda tx, n=number: incidents.get(tx, n))
        if one is None:
            return problems
        lines = await engine.store.read(lambda tx, n=number: timeline.entries(tx, n))
        if number not in notified and not lines:
            problems.append(f"#{number} neither notified nor recorded why not ({one.state.value})")
        if one.state is State.RESOLVED and one.due_at is not None:
            problems.append(f"#{number} is resolved and still due")
        number += 1
