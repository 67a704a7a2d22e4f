"""Random days of a gateway that works: alerts, silences and responses, and no failing vendor."""

import random
from collections.abc import Iterable

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.matching.matcher import Matcher
from gateway.core.time.spans import Span
from gateway.flow.silences.silences import SilenceRequest
from gateway.simulate.entries import header, line_of, read_lines
from gateway.simulate.player import Player
from gateway.simulate.recording import Recording
from gateway.simulate.stored import FIRST, page
from tests.flow.world import MINUTE, START, World, alert
from tests.store.reads import open_incidents

NAMES = (
    ("DoubleChargeDetected", "critical"),
    ("BillingDatabaseDown", "critical"),
    ("PaymentFailures", "warning"),
    ("PaymentFailures", "critical"),
    ("SlowRenewals", "warning"),
    ("NewPriceList", "info"),
)
ACTIONS = (
    ActionName.ACK,
    ActionName.UNACK,
    ActionName.TAKE,
    ActionName.ESCALATE,
    ActionName.RESOLVE,
)

PAUSES = (1.0, 0.5 * MINUTE, 7 * MINUTE, 40 * MINUTE, 180 * MINUTE)
"""Seconds between two things. A fraction comes on top: what happens at the very instant at which
something is due may come before it or after it."""


async def live(world: World, seed: int, steps: int) -> None:
    """Let so many random things happen, with minutes between them."""
    rnd = random.Random(seed)
    firing: dict[tuple[str, str, str], float] = {}
    for _ in range(steps):
        choice = rnd.random()
        if choice < 0.45:
            name, severity = rnd.choice(NAMES)
            key = name, severity, f"db-{rnd.randrange(3)}"
            firing.setdefault(key, world.now)
            await world.post(_alert(key, firing[key]))
        elif choice < 0.7 and firing:
            key = rnd.choice(sorted(firing))
            await world.post(_alert(key, firing.pop(key), world.now))
        elif choice < 0.78:
            await _silence(world, rnd)
        else:
            await _act(world, rnd)
        await world.advance(rnd.choice(PAUSES) + rnd.random())


def _alert(key: tuple[str, str, str], began: float, ended: float | None = None) -> ReportedAlert:
    name, severity, instance = key
    return alert(name, severity, starts_at=began, ends_at=ended, instance=instance)


async def _silence(world: World, rnd: random.Random) -> None:
    matcher = Matcher("alertname", "=", rnd.choice(NAMES)[0])
    begins = world.now + rnd.choice((0.0, 10 * MINUTE))
    ends = begins + rnd.choice((20 * MINUTE, 120 * MINUTE))
    await world.engine.silences.put(SilenceRequest((matcher,), begins, ends, "ben", "release"))


async def _act(world: World, rnd: random.Random) -> None:
    numbers = sorted(one.number for one in await world.engine.store.read(open_incidents))
    if numbers:
        person = verified_person(rnd.choice(("ana", "ben")), "link")
        await world.engine.act(rnd.choice(numbers), rnd.choice(ACTIONS), person)


async def recorded(world: World, span: Span) -> Recording:
    """Return the recording of what the world's database says, by way of its lines."""
    lines: list[str] = [line_of(header(span.start, span.end))]
    cursor: str | None = FIRST
    while cursor is not None:
        at = cursor
        part = await world.engine.store.read(lambda tx, at=at: page(tx, span, at))
        lines += [line_of(one) for one in part.entries]
        cursor = part.cursor
    return read_lines(lines, "recording")


def sent_by(world: World, end: float) -> list[str]:
    """Return when the world sent what to whom, and why, until an instant, as sorted lines."""
    sent = [(one.at, one.to, one.kind, one.reason) for one in world.delivered]
    return _lines(sent, end)


def played_by(player: Player, end: float) -> list[str]:
    """Return the same of a player."""
    played = [
        (one.at - START, one.notice.target.key, one.notice.kind.value, one.notice.reason.value)
        for one in player.play()
    ]
    return _lines(played, end)


def _lines(messages: Iterable[tuple[float, str, str, str]], end: float) -> list[str]:
    return [" ".join((f"{at:.0f}", *words)) for at, *words in sorted(messages) if at <= end - START]
