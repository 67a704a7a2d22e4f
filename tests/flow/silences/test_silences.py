"""Silences in the whole flow: created, kept over a crash, ended; and who is notified then."""

import pytest

from gateway.core.incidents.incident import State
from gateway.core.incidents.silence import Silence, SilenceError
from gateway.core.matching.matcher import Matcher
from gateway.flow.silences.silences import SilenceNotFoundError, SilenceRequest
from gateway.store.db.session import Row
from gateway.store.state import alerts
from gateway.store.state import silences as kept_silences
from tests.flow.world import HOUR, MINUTE, START, World, alert, to

SLACK = "slack:#billing-alerts"
PAYMENTS = (Matcher("alertname", "=", "PaymentFailures"),)


async def silence(world: World, seconds: float = HOUR, **more: object) -> Silence:
    return await world.engine.silences.put(
        SilenceRequest(
            PAYMENTS,
            world.now,
            world.now + seconds,
            "ana",
            "database maintenance",
            **more,  # type: ignore[arg-type]
        )
    )


async def test_a_silenced_alert_notifies_nobody_and_the_timeline_says_why(world: World) -> None:
    """Promise 2: no message; the timeline says who silenced it, until when and why."""
    await silence(world)
    await world.post(alert("PaymentFailures", "warning"))
    assert await world.advance(HOUR - 1.0) == []
    quiet = [one for one in await world.timeline() if one.kind == "kept quiet"]
    assert [one.text for one in quiet] == [
        "silenced by Ana until 2026-11-18 12:06 UTC: database maintenance"
    ]


async def test_the_end_of_a_silence_notifies_once(world: World) -> None:
    """E30: notified before, still firing when the silence ends: one message, then the repeats."""
    await world.post(alert("PaymentFailures", "warning"))
    await world.advance(MINUTE)
    await silence(world)
    assert await world.advance(HOUR - 1.0) == []
    assert to(await world.advance(3 * HOUR), SLACK) == [
        (HOUR + MINUTE, "firing", "silence ended"),
        (2 * HOUR + MINUTE, "missed", "missed"),
    ]


async def test_a_silence_ended_early_notifies_at_once(world: World) -> None:
    """E30: a silence that a person ends notifies at once, not at the next interval."""
    await world.post(alert("PaymentFailures", "warning"))
    await world.advance(MINUTE)
    made = await silence(world)
    await world.advance(7.0)
    await world.engine.silences.expire(made.id)
    assert to(await world.advance(1.0), SLACK) == [(67.0, "firing", "silence ended")]


async def test_resolved_while_silenced_is_notified(world: World) -> None:
    """E4: silenced or not, everyone notified of the firing is notified of the end."""
    await world.post(alert("PaymentFailures", "warning", starts_at=START))
    await world.advance(MINUTE)
    await silence(world)
    await world.advance(MINUTE)
    await world.post(alert("PaymentFailures", "warning", starts_at=START, ends_at=world.now))
    messages = await world.advance(10 * MINUTE)
    assert [reason for _, _, reason in to(messages, SLACK)] == ["resolved"]


async def test_fired_and_resolved_while_silenced_notifies_nobody(world: World) -> None:
    """E5: nobody is notified of the end of an alert whose firing was silenced."""
    await silence(world)
    await world.post(alert("PaymentFailures", "warning", starts_at=START))
    await world.advance(MINUTE)
    await world.post(alert("PaymentFailures", "warning", starts_at=START, ends_at=world.now))
    assert await world.advance(2 * HOUR) == []


async def test_no_escalation_while_silenced(world: World) -> None:
    """The next person is not paged during the silence, and gets the whole wait after it."""
    await world.post(alert("PaymentFailures", "critical"))
    await world.advance(MINUTE)
    await silence(world)
    await world.advance(HOUR)
    messages = await world.advance(HOUR)
    assert to(messages, "email:ben@example.com") == [
        (HOUR + MINUTE + 15 * MINUTE, "escalation", "escalation")
    ]


async def test_a_pending_silence_suppresses_from_its_start(world: World) -> None:
    """Pending it suppresses nothing; from its start on it does; its end notifies."""
    start = world.now + 10 * MINUTE
    await world.engine.silences.put(SilenceRequest(PAYMENTS, start, start + HOUR, "ben", "release"))
    await world.post(alert("PaymentFailures", "warning"))
    assert to(await world.advance(9 * MINUTE), SLACK) == [(30.0, "firing", "first")]
    assert await world.advance(HOUR) == []
    assert to(await world.advance(MINUTE), SLACK) == [(70 * MINUTE, "firing", "silence ended")]


async def test_a_silence_is_known_after_a_crash(world: World) -> None:
    """Promise 1: a silence that was answered is kept; its end notifies after a restart."""
    await world.post(alert("PaymentFailures", "warning"))
    await world.advance(MINUTE)
    await silence(world)
    await world.advance(1.0)
    await world.kill(world.engine)
    await world.start()
    assert await world.advance(HOUR - MINUTE) == []
    assert to(await world.advance(10 * MINUTE), SLACK) == [
        (HOUR + MINUTE, "firing", "silence ended")
    ]


async def test_made_at_one_replica_it_holds_at_the_other(world: World) -> None:
    """Promise 11: the other replica decides, and it knows."""
    other = await world.start()
    await silence(world)
    await world.post(alert("PaymentFailures", "warning"), to=other)
    assert await world.advance(30 * MINUTE) == []


async def test_a_change_keeps_the_id_or_makes_a_new_silence(world: World) -> None:
    """As in Alertmanager: a later end keeps the id; other matchers make a new one, and the old
    ends; an ended one comes back under a new id."""
    made = await silence(world)
    longer = await silence(world, 2 * HOUR, silence_id=made.id)
    assert (longer.id, longer.ends_at) == (made.id, made.ends_at + HOUR)
    other = await world.engine.silences.put(
        SilenceRequest(
            (Matcher("team", "=", "billing"),),
            world.now,
            world.now + HOUR,
            "ana",
            "",
            silence_id=made.id,
        )
    )
    assert other.id != made.id
    old = await world.engine.silences.get(made.id)
    assert old is not None
    assert old.state(world.now) == "expired"
    again = await silence(world, silence_id=made.id)
    assert again.id not in (made.id, other.id)
    assert {one.id for one in await world.engine.silences.listed(ended=False)} == {
        other.id,
        again.id,
    }
    assert len(await world.engine.silences.listed()) == 3


async def test_a_past_or_unknown_silence_is_refused(world: World) -> None:
    """One that ends in the past is refused, and an unknown id is not found."""
    with pytest.raises(SilenceError, match="past"):
        await world.engine.silences.put(
            SilenceRequest(PAYMENTS, world.now - 2 * HOUR, world.now - HOUR, "ana", "too late")
        )
    with pytest.raises(SilenceNotFoundError):
        await silence(world, silence_id="11111111-1111-1111-1111-111111111111")
    with pytest.raises(SilenceNotFoundError):
        await world.engine.silences.expire("11111111-1111-1111-1111-111111111111")


async def test_a_notified_alert_resolves_although_a_silenced_one_fires(world: World) -> None:
    """E4: its end does not wait for the silence; the silenced one opens another incident."""
    await world.post(alert("PaymentFailures", "warning", instance="notified", starts_at=START))
    await world.advance(MINUTE)
    under = (Matcher("instance", "=", "silenced"),)
    put = world.engine.silences.put
    await put(SilenceRequest(under, world.now, world.now + HOUR, "ana", "new disks"))
    await world.post(alert("PaymentFailures", "warning", instance="silenced"))
    await world.advance(10 * MINUTE)
    over = alert(
        "PaymentFailures", "warning", instance="notified", starts_at=START, ends_at=world.now
    )
    await world.post(over)
    messages = await world.advance(20 * MINUTE)
    assert [kind for _, kind, _ in to(messages, SLACK)] == ["resolved"]
    assert messages[0].message.facts["note"] == "suppressed alerts of its group that still fire: 1"
    assert (await world.incident(1001)).state is State.RESOLVED
    assert (await world.incident(1002)).open
    [(at, *word)] = to(await world.advance(HOUR), SLACK)
    assert (at, word) == (HOUR + MINUTE, ["firing", "first"])


async def test_ends_when_its_alert_is_gone(world: World) -> None:
    """Asked to end with its alert, it ends half an hour after the alert did, not before."""
    await world.post(alert("PaymentFailures", "warning", starts_at=START))
    made = await silence(world, 100 * HOUR, gone_for=30 * MINUTE)
    for _ in range(60):
        await world.advance(MINUTE)
    over = world.now
    await world.post(alert("PaymentFailures", "warning", starts_at=START, ends_at=over))
    ended_at = None
    for _ in range(60):
        await world.advance(MINUTE)
        current = await world.engine.silences.get(made.id)
        assert current is not None
        if current.state(world.now) == "expired":
            ended_at = current.ends_at
            break
    assert ended_at is not None
    assert 29 * MINUTE <= ended_at - over <= 31 * MINUTE


async def test_a_downtime_is_no_end_of_its_alert(world: World) -> None:
    """Down for longer than it waits: sources get as long to post again before it ends."""
    await world.post(alert("PaymentFailures", "warning", ends_at=START + 4 * MINUTE))
    made = await silence(world, 100 * HOUR, gone_for=10 * MINUTE)
    await world.advance(2 * MINUTE)
    await world.kill(world.engine)
    world.now += 2 * HOUR
    await world.start()
    await world.advance(2 * MINUTE)
    current = await world.engine.silences.get(made.id)
    assert current is not None
    assert current.state(world.now) == "active"
    await world.advance(10 * MINUTE)
    current = await world.engine.silences.get(made.id)
    assert current is not None
    assert current.state(world.now) == "expired"


async def test_what_it_would_silence(world: World) -> None:
    """A preview counts every alert that fires and matches, and shows the first."""
    await world.post(
        *(alert("PaymentFailures", "warning", instance=f"web-{n}") for n in range(7)),
        alert("RenewalCronSlow", "warning"),
    )
    count, shown = await world.engine.silences.preview(PAYMENTS, 3)
    assert (count, len(shown)) == (7, 3)
    assert all(one.labels["alertname"] == "PaymentFailures" for one in shown)
    every = await world.engine.store.read(lambda tx: alerts.active_page(tx, world.now, "", 100))
    matching = [one for one in every if one.labels["alertname"] == "PaymentFailures"]
    assert all(one in matching for one in shown)


@pytest.mark.parametrize(
    "matchers",
    [
        (Matcher("instance", "=", "web-3"),),  # found by the label
        (Matcher("instance", "=~", "web-(3|77)"), Matcher("alertname", "!=", "Other")),
        (Matcher("instance", "!~", "web-[^3]"), Matcher("alertname", "!=", "Other")),  # all read
    ],
)
async def test_matches_are_found_by_index_and_by_reading_all(
    world: World, matchers: tuple[Matcher, ...]
) -> None:
    """Also alerts that came after the first search and alerts that fire again, and no resolved
    ones."""
    at = world.now

    async def instances() -> list[str]:
        _, shown = await world.engine.silences.preview(matchers, 10)
        return [one.labels["instance"] for one in shown]

    await world.post(*(alert("PaymentFailures", instance=f"web-{n}") for n in range(7)))
    assert await instances() == ["web-3"]
    await world.post(alert("Later", instance="web-3"), alert("Other", instance="web-3"))
    assert "web-3" in await instances()
    await world.post(alert("PaymentFailures", instance="web-3", starts_at=at, ends_at=world.now))
    await world.post(alert("Later", instance="web-3", starts_at=at, ends_at=world.now))
    await world.post(alert("Other", instance="web-3", starts_at=at, ends_at=world.now))
    world.now += MINUTE
    assert await instances() == []
    await world.post(alert("PaymentFailures", instance="web-3", starts_at=world.now))
    assert await instances() == ["web-3"]


async def test_who_made_and_ended_one_is_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A silence that matches no alert is in no timeline, but in the log."""
    caplog.set_level("INFO", "gateway.flow.silences.silences")
    made = await silence(world)
    for _ in range(2):  # what had ended does not end again
        await world.engine.silences.expire(made.id)
    messages = [
        (one.message, one.__dict__["by"], one.__dict__["matchers"]) for one in caplog.records
    ]
    by_name = '{alertname="PaymentFailures"}'
    assert messages == [
        ("silence made or changed", "ana", by_name),
        ("silence ended", "ana", by_name),
    ]


async def test_a_check_for_changes_reads_no_active_silence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is done every few seconds, also while ten thousand are active; it returns the next end."""
    for length in (HOUR, 2 * HOUR, 3 * HOUR):
        await silence(world, length)
    await world.engine.silences.evaluator.check_once()
    await world.advance(MINUTE)
    read: list[str] = []
    from_row = kept_silences.from_row

    def counted(row: Row) -> Silence:
        read.append(row[0])
        return from_row(row)

    monkeypatch.setattr(kept_silences, "from_row", counted)
    first_end = START + HOUR
    assert await world.engine.silences.evaluator.check_once() == first_end
    assert read == []
