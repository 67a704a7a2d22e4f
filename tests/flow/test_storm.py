"""A storm: the important goes first, the rest folds, and all of it can be read and is ended."""

from gateway.core.delivery import Failure, SendError
from gateway.core.incoming import Incoming
from gateway.core.notice import Kind, Reason
from gateway.core.outbox import Notice
from gateway.core.plan import Target
from gateway.flow.storm import digest_facts
from tests.flow.world import HOUR, MINUTE, START, World, alert

SLACK = "slack:#billing-alerts"


def storm(size: int, severity: str = "warning", **changes: float) -> list[Incoming]:
    return [alert(f"Renewals{n:03}", severity, starts_at=START, **changes) for n in range(size)]


async def test_lesser_notices_fold(world: World) -> None:
    """Promise 9, E11: forty warnings at once are few messages to one channel, not forty."""
    await world.post(*storm(40))
    said = [d for d in await world.advance(MINUTE) if d.to == SLACK]
    digests = [d for d in said if d.kind == "digest"]
    assert len(digests) >= 1
    assert len(said) <= 16
    told = {line["incident"] for d in digests for line in d.message.facts["digest"]}
    told |= {d.incident for d in said if d.kind != "digest"}
    assert told == set(range(1001, 1041))


async def test_the_critical_leaves_first_and_alone(world: World) -> None:
    """Promise 9: among forty warnings due with it, the critical is sent first, unfolded."""
    await world.post(*storm(40))
    world.now += 30.0
    await world.post(alert("DoubleChargeDetected", starts_at=world.now))
    said = [d for d in await world.advance(MINUTE) if d.to == SLACK]
    criticals = [d for d in said if d.incident == 1041]
    assert [d.kind for d in criticals] == ["firing"]
    assert said[0] is criticals[0]


async def test_pages_never_fold(world: World) -> None:
    """E14: PagerDuty keeps an incident of its own for each: it gets every one."""
    await world.post(*storm(40))
    said = [d for d in await world.advance(MINUTE) if d.channel == "pagerduty"]
    assert {d.incident for d in said} == set(range(1001, 1041))
    assert {d.kind for d in said} == {"firing"}


async def test_every_end_is_told(world: World) -> None:
    """Promise 14: who heard of it in a digest hears of its end."""
    await world.post(*storm(40))
    await world.advance(MINUTE)
    await world.post(*storm(40, ends_at=world.now))
    said = [d for d in await world.advance(HOUR) if d.to == SLACK]
    over = {d.incident for d in said if d.kind == "resolved"}
    for digest in (d for d in said if d.kind == "digest"):
        over |= {line["incident"] for line in digest.message.facts["digest"]}
    assert over == set(range(1001, 1041))


async def test_no_end_overtakes_its_digest(world: World) -> None:
    """Promise 4: while the digest that tells of the beginning is tried again, the end waits."""
    world.faults["slack"] = lambda message, target: (
        SendError(Failure.SERVER_ERROR, "503") if message.kind is Kind.DIGEST else None
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
    said = [d for d in await world.advance(10 * MINUTE) if d.to == SLACK]
    kinds = [d.kind for d in said if d.kind == "digest" or d.incident in folded[:3]]
    assert kinds[0] == "digest"
    assert kinds.count("resolved") == 3


async def test_no_digest_holds_up_what_got_worse(world: World) -> None:
    """Promise 9: a critical alert joins an incident whose digest cannot be told: it is paged."""
    world.faults["slack"] = lambda message, target: (
        SendError(Failure.SERVER_ERROR, "503") if message.kind is Kind.DIGEST else None
    )
    await world.post(*storm(40))
    first = [d for d in await world.advance(MINUTE) if d.to == SLACK]
    folded = sorted(set(range(1001, 1041)) - {d.incident for d in first})
    await world.post(alert(f"Renewals{folded[0] - 1001:03}", "critical"))
    said = [d for d in await world.advance(10.0) if d.to == SLACK]
    assert [(d.incident, d.kind) for d in said] == [(folded[0], "worse")]


async def test_the_worst_never_folds(world: World) -> None:
    """Promise 9: twenty criticals at once are twenty messages; none hides in a digest."""
    await world.post(*storm(20, "critical"))
    said = [d for d in await world.advance(MINUTE) if d.to == SLACK]
    assert {d.kind for d in said} == {"firing"}
    assert {d.incident for d in said} == set(range(1001, 1021))


def test_a_digest_has_the_latest_word() -> None:
    """E10: of an incident that changed while it waited, the line says how it is now."""

    def waiting(number: int, rank: int, status: str) -> Notice:
        target = Target("slack", "#billing-alerts")
        words = f'{{"status": "{status}"}}'.encode()
        kind, reason = Kind.FIRING, Reason.FIRST
        return Notice(
            number, 1001, target, kind, reason, rank, False, START, 0, None, 0, False, words
        )

    (line,) = digest_facts([waiting(9, 2, "acknowledged"), waiting(5, 3, "firing")], START)[
        "digest"
    ]
    assert (line["status"], line["rank"]) == ("acknowledged", 2)
