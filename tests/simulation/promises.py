"""The promises as invariants of a finished life."""

from collections import Counter, defaultdict

from gateway.core.incidents.incident import State
from gateway.core.incidents.notice import FIRING_KINDS, NoticeKind
from gateway.store import outbox
from gateway.store.state import incidents, timeline
from tests.flow.world import START, Delivered
from tests.simulation.life import Life

ENDS = {NoticeKind.RESOLVED.value, NoticeKind.LATE.value}
SPOKEN_IN_DECISIONS = {"firing", "repeat", "worse", "escalation"}
BURNS = {kind.value for kind in FIRING_KINDS}


async def broken_promises(life: Life) -> list[str]:
    """Sentences about what went wrong; empty when all promises were kept."""
    lanes: dict[tuple[int, str], list[Delivered]] = defaultdict(list)
    for one in life.world.delivered:
        lanes[one.incident, one.to].append(one)
    found: list[str] = []
    given_up = {(notice.incident, notice.target.key) for notice in await life.world.dead()}
    for (number, to), told in lanes.items():
        if (number, to) not in given_up:  # a dead letter stands in its list, and can be replayed
            found += ends_are_owed(number, to, told)
        found += order_is_kept(number, to, told, life.doubled)
    found += sent_once(life)
    found += quiet_while_silenced(life)
    found += await quiet_after_acknowledgement(life)
    found += await everything_has_a_reason(life)
    return found


def ends_are_owed(number: int, to: str, told: list[Delivered]) -> list[str]:
    """Promise 14: a beginning is followed by an end; an end has a beginning (E5)."""
    kinds = [one.kind for one in told]
    burns = [kind for kind in kinds if kind in BURNS or kind == NoticeKind.ACKNOWLEDGED.value]
    if burns and not any(kind in ENDS for kind in kinds):
        return [f"#{number} {to}: told that it burns, never of its end: {kinds}"]
    if NoticeKind.RESOLVED.value in kinds and not burns and NoticeKind.LATE.value not in kinds:
        return [f"#{number} {to}: told of an end whose beginning it never heard: {kinds}"]
    return []


def order_is_kept(number: int, to: str, told: list[Delivered], doubled: set[int]) -> list[str]:
    """Promise 4: nothing follows the end; notices leave in the order they were made."""
    ids = [one.notice for one in told if one.notice not in doubled]
    if ids != sorted(ids):
        return [f"#{number} {to}: out of order: {ids}"]
    kinds = [one.kind for one in told]
    ends = [place for place, kind in enumerate(kinds) if kind in ENDS]
    if ends and any(kind not in ENDS for kind in kinds[ends[0] :]):
        return [f"#{number} {to}: spoke after the end: {kinds}"]
    return []


def sent_once(life: Life) -> list[str]:
    """Promise 3: a notice arrives once, unless its answer was lost or its sender died."""
    counts = Counter(one.notice for one in life.world.delivered)
    return [
        f"notice {notice} arrived {count} times for no reason"
        for notice, count in counts.items()
        if count > 1 and notice not in life.doubled
    ]


def quiet_while_silenced(life: Life) -> list[str]:
    """Nobody is told of an alert that was silenced when it was decided to tell (E9)."""
    found = []
    for one in life.world.delivered:
        facts = one.message.facts
        at = facts["at"]
        if one.kind not in SPOKEN_IN_DECISIONS:
            continue
        for told in facts["alerts"]:
            found += [
                f"#{one.incident} {one.to}: {told['labels']} at +{at - START:.0f} in spite of"
                f" the silence {', '.join(map(str, silence.matchers))}"
                for silence in life.silences.values()
                if told["status"] == "firing"
                and silence.starts_at < at < silence.ends_at
                and silence.mutes(told["labels"])
            ]
    return found


async def quiet_after_acknowledgement(life: Life) -> list[str]:
    """E22: no repeat and no escalation while somebody has it."""
    found = []
    numbers = {one.incident for one in life.world.delivered}
    for number in numbers:
        lines = await life.world.timeline(number)
        has_it = False
        spans: list[tuple[float, float]] = []
        since = 0.0
        for line in lines:
            if line.kind == "acknowledged" and not has_it:
                has_it, since = True, line.at
            elif has_it and line.kind in (
                "acknowledgement undone",
                "acknowledgement expired",
                "reopened",
                "resolved",
            ):
                has_it = False
                spans.append((since, line.at))
        for one in life.world.delivered:
            at = one.at + START
            if one.incident == number and one.kind in ("repeat", "escalation"):
                found += [
                    f"#{number}: {one.kind} at {at - START:.0f} while acknowledged"
                    for begin, end in spans
                    if begin < at < end and one.notice not in life.doubled
                ]
    return found


async def everything_has_a_reason(life: Life) -> list[str]:
    """Promise 2: every incident ended, spoke or says why not; nothing is left in the outbox."""
    engine = life.world.engine
    found = []
    still = await engine.store.read(lambda tx: incidents.open_page(tx, 0, 1000))
    found += [f"#{one.number} is still {one.state.value}, due {one.due_at}" for one in still]
    depth = await engine.store.read(lambda tx: outbox.depth(tx))
    found += [f"outbox: {line}" for line in depth if line[1] in ("pending", "sending")]
    spoke = {one.incident for one in life.world.delivered}
    number = 1001
    while True:
        one = await engine.store.read(lambda tx, n=number: incidents.get(tx, n))
        if one is None:
            return found
        lines = await engine.store.read(lambda tx, n=number: timeline.entries(tx, n))
        if number not in spoke and not lines:
            found.append(f"#{number} neither spoke nor said why ({one.state.value})")
        if one.state is State.RESOLVED and one.due_at is not None:
            found.append(f"#{number} is over and still due")
        number += 1
