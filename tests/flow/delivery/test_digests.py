"""A storm: the important goes first, the rest folds, and all of it can be read and is ended."""

from sqlalchemy import select

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.outbox import Notice
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.plan import Target
from gateway.flow.delivery.digests import digest_facts
from gateway.links import Purpose
from gateway.store.schema import tables
from tests.flow.world import HOUR, MINUTE, START, World, alert

SLACK = "slack:#billing-alerts"


def storm(size: int, severity: str = "warning", **changes: float) -> list[ReportedAlert]:
    return [alert(f"Renewals{n:03}", severity, starts_at=START, **changes) for n in range(size)]


async def test_lesser_notices_fold(world: World) -> None:
    """Promise 9, E11: forty warnings at once are few messages to one channel, not forty."""
    await world.post(*storm(40))
    messages = [d for d in await world.advance(MINUTE) if d.to == SLACK]
    digests = [d for d in messages if d.kind == "digest"]
    assert len(digests) >= 1
    assert len(messages) <= 16
    incidents = {line["incident"] for d in digests for line in d.message.facts["digest"]}
    incidents |= {d.incident for d in messages if d.kind != "digest"}
    assert incidents == set(range(1001, 1041))


async def test_the_critical_leaves_first_and_alone(world: World) -> None:
    """Promise 9: among forty warnings due with it, the critical is sent first, unfolded."""
    await world.post(*storm(40))
    world.now += 30.0
    await world.post(alert("DoubleChargeDetected", starts_at=world.now))
    messages = [d for d in await world.advance(MINUTE) if d.to == SLACK]
    criticals = [d for d in messages if d.incident == 1041]
    assert [d.kind for d in criticals] == ["firing"]
    assert messages[0] is criticals[0]


async def test_pages_never_fold(world: World) -> None:
    """E14: PagerDuty keeps an incident of its own for each: it gets every one."""
    await world.post(*storm(40))
    messages = [d for d in await world.advance(MINUTE) if d.channel == "pagerduty"]
    assert {d.incident for d in messages} == set(range(1001, 1041))
    assert {d.kind for d in messages} == {"firing"}


async def test_every_end_is_notified(world: World) -> None:
    """Promise 14: a target notified by a digest is notified of the end."""
    await world.post(*storm(40))
    await world.advance(MINUTE)
    await world.post(*storm(40, ends_at=world.now))
    messages = [d for d in await world.advance(HOUR) if d.to == SLACK]
    over = {d.incident for d in messages if d.kind == "resolved"}
    for digest in (d for d in messages if d.kind == "digest"):
        over |= {line["incident"] for line in digest.message.facts["digest"]}
    assert over == set(range(1001, 1041))


async def test_no_end_overtakes_its_digest(world: World) -> None:
    """Promise 4: the resolved notification waits while its digest is retried."""
    world.faults["slack"] = lambda message, target: (
        SendError(Failure.SERVER_ERROR, "503") if message.kind is NoticeKind.DIGEST else None
    )
    await world.post(*storm(40))
    first = [d for d in await world.advance(MINUTE) if d.to == SLACK]
    folded = sorted(set(range(1001, 1041)) - {d.incident for d in first})
    assert folded
    over = [f"Renewals{number - 1001:03}" for number in folded[:3]]
    await world.post(*(alert(name, "warning", starts_at=START, ends_at=world.now) for name in over))
    early = [d for d in await world.advance(9 * MINUTE) if d.to == SLACK and d.kind == "resolved"]
    assert early == []
    world.mend("slack")
    messages = [d for d in await world.advance(10 * MINUTE) if d.to == SLACK]
    kinds = [d.kind for d in messages if d.kind == "digest" or d.incident in folded[:3]]
    assert kinds[0] == "digest"
    assert kinds.count("resolved") == 3


async def test_no_digest_holds_up_what_got_worse(world: World) -> None:
    """Promise 9: a critical alert joins an incident whose digest cannot be sent: it is paged."""
    world.faults["slack"] = lambda message, target: (
        SendError(Failure.SERVER_ERROR, "503") if message.kind is NoticeKind.DIGEST else None
    )
    await world.post(*storm(40))
    first = [d for d in await world.advance(MINUTE) if d.to == SLACK]
    folded = sorted(set(range(1001, 1041)) - {d.incident for d in first})
    await world.post(alert(f"Renewals{folded[0] - 1001:03}", "critical"))
    messages = [d for d in await world.advance(10.0) if d.to == SLACK]
    assert [(d.incident, d.kind) for d in messages] == [(folded[0], "worse")]


async def test_the_worst_never_folds(world: World) -> None:
    """Promise 9: twenty criticals at once are twenty messages; none hides in a digest."""
    await world.post(*storm(20, "critical"))
    messages = [d for d in await world.advance(MINUTE) if d.to == SLACK]
    assert {d.kind for d in messages} == {"firing"}
    assert {d.incident for d in messages} == set(range(1001, 1021))


def test_a_digest_has_the_latest_state() -> None:
    """E10: of an incident that changed while it waited, the line says how it is now."""

    def waiting(number: int, rank: int, status: str) -> Notice:
        target = Target("slack", "#billing-alerts")
        words = f'{{"status": "{status}"}}'.encode()
        kind, reason = NoticeKind.FIRING, NotifyReason.FIRST
        return Notice(
            number, 1001, target, kind, reason, rank, False, START, 0, None, 0, False, words
        )

    (line,) = digest_facts([waiting(9, 2, "acknowledged"), waiting(5, 3, "firing")], START)[
        "digest"
    ]
    assert (line["status"], line["rank"]) == ("acknowledged", 2)


async def test_each_line_of_a_digest_leads_to_its_incident(world: World) -> None:
    """Promise 9, E11: each one folded can be read and acknowledged from the digest itself."""
    await world.post(*storm(40))
    messages = await world.advance(MINUTE)
    digest = next(d for d in messages if d.kind == "digest" and d.to == SLACK)
    links = world.engine.links
    text = digest.message.parts["text"]
    lines = digest.message.facts["digest"]
    assert len(lines) >= 12
    for line in lines[:20]:
        assert f"<{links.incident(line['incident'])}|#{line['incident']}>" in text
        assert f"<{line['acknowledge']}|Acknowledge>" in text
    tokens = [line["acknowledge"].rpartition("/")[2] for line in lines]
    claims = [links.read(Purpose.ACKNOWLEDGE, token, world.now) for token in tokens]
    assert [claim.number for claim in claims] == [line["incident"] for line in lines]
    assert {claim.person for claim in claims} == {""}, "a channel is nobody: the page asks"
    (everything,) = [link.url for link in digest.message.links]
    assert everything == "http://gateway.example.com/"


async def test_a_digest_has_no_acknowledge_link_for_a_resolved_incident(world: World) -> None:
    """Promise 9: the line of a resolved incident has a link to read it, and no other."""
    await world.post(*storm(40))
    await world.advance(MINUTE)
    await world.post(*storm(40, ends_at=world.now))
    messages = [d for d in await world.advance(HOUR) if d.kind == "digest" and d.to == SLACK]
    lines = [line for d in messages for line in d.message.facts["digest"]]
    over = [line for line in lines if line["status"] == "resolved"]
    assert over
    assert all(line["url"] for line in over)
    assert not any("acknowledge" in line for line in over)


async def test_the_links_of_a_digest_are_not_stored(world: World) -> None:
    """Promise 10, E19: acknowledge links are signed when a message is sent, and never stored."""
    await world.post(*storm(40))
    await world.advance(MINUTE)
    rows = await world.engine.store.read(lambda tx: tx.query(select(tables.facts.c.body)))
    stored = [str(body) for (body,) in rows]
    assert any('"digest"' in body for body in stored)
    assert not any("/ack/" in body for body in stored)
