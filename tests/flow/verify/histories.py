"""A history with most of what happens to incidents, and damage to copies of its database."""

import sqlite3
from functools import partial
from pathlib import Path

from gateway.channels.contract import accepts_notice
from gateway.config.load import load
from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import split_account_key
from gateway.core.plan.channels import spec_of
from gateway.core.time.spans import Span
from gateway.core.verify.verification import Verification
from gateway.flow.intake.repost_cache import RepostCache
from gateway.flow.queries.mute_snapshot import MuteSnapshots
from gateway.flow.queries.verification import Reading, verify
from gateway.store import Store
from tests.flow.world import ENV, HOUR, MINUTE, ROUTES, START, World, alert

MISSED, GIVEN_UP, OPEN = 1001, 1002, 1003
"""Numbers of the incidents: one that nobody acknowledged in time, one with a message that was given
up, and one that still fires."""

SPAN = Span(START - HOUR, START + 48 * HOUR)


async def play(world: World) -> None:
    """Let three alerts fire: one is missed and ends, one cannot be delivered, one goes on."""
    await world.post(alert(starts_at=world.now))
    await world.advance(20 * MINUTE)
    await world.ack(MISSED)
    await world.advance(MINUTE)
    await world.post(alert(starts_at=START, ends_at=world.now))
    await world.advance(10 * MINUTE)
    world.break_channel("email", lambda: SendError(Failure.BAD_RECIPIENT, "no such mailbox"))
    began = world.now
    await world.post(alert("PaymentFailures", "warning", starts_at=began))
    await world.advance(10 * MINUTE)
    world.mend("email")
    await world.post(alert("PaymentFailures", "warning", starts_at=began, ends_at=world.now))
    await world.advance(10 * MINUTE)
    await world.post(alert("StripeWebhooksStalled", starts_at=world.now))
    await world.advance(5 * MINUTE)
    await world.engine.act(OPEN, ActionName.COMMENT, verified_person("ana", "link"), text="seen")
    await world.advance(MINUTE)


def accepts(account_key: str, kind: NoticeKind, *, quiet: bool) -> bool:
    """Return what the real channels accept."""
    return accepts_notice(spec_of(split_account_key(account_key)[0]), kind, quiet=quiet)


async def no_pause(seconds: float) -> None:
    """Go on at once."""


async def verified(store: Store, now: float, span: Span = SPAN) -> Verification:
    """Verify what is stored, by the routes of the world."""
    plan = load(ROUTES, env=ENV, now=now).plan
    snapshots = MuteSnapshots(RepostCache(None, now))
    reading = Reading(accepts, plan, partial(snapshots.at, plan=plan, now=now))
    return await verify(store, reading, span, now, no_pause)


def copy_database(path: Path, copy: Path) -> None:
    """Copy a database with everything that is still in its log."""
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()


def damage(path: Path, *statements: str) -> None:
    """Change a database behind the gateway's back; each statement must change something."""
    with sqlite3.connect(path) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement
    connection.close()
