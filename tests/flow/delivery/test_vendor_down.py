"""A dead vendor: retries, fallback, late news, dead letters; the others are not hurt."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway import log
from gateway.core.incidents.message import Message
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.plan import Target
from gateway.store import outbox
from gateway.store.queries import deliveries
from tests.flow.world import HOUR, MINUTE, ROUTES, START, Delivered, World, alert, to

SLACK, ADMIN = "slack:#billing-alerts", "email:admin@example.com"


def refused() -> SendError:
    return SendError(Failure.CONNECTION, "connection refused")


def broken() -> SendError:
    return SendError(Failure.SERVER_ERROR, "500")


def bounced() -> SendError:
    return SendError(Failure.BAD_RECIPIENT, "the address is inactive")


def too_fast() -> SendError:
    return SendError(Failure.RATE_LIMITED, "too fast", retry_after=30.0)


async def test_the_others_are_served(world: World) -> None:
    """Promise 13: with Slack down, mail and pages leave in the same instant."""
    world.break_channel("slack", refused)
    await world.post(alert())
    said = await world.advance(0.0)
    assert {d.channel for d in said} == {"email", "pagerduty"}


async def test_it_recovers(world: World) -> None:
    """Promise 13: retried with growing gaps, delivered once after recovery."""
    world.break_channel("slack", refused)
    await world.post(alert())
    await world.advance(10.0)
    world.mend("slack")
    said = await world.advance(5 * MINUTE)
    assert [why for _, _, why in to(said, SLACK)] == ["first"]


async def test_fired_and_resolved_while_down(world: World) -> None:
    """E3: told of both, once, late and saying so; never a bare end."""
    world.break_channel("slack", refused)
    await world.post(alert(starts_at=START))
    await world.advance(MINUTE)
    await world.post(alert(starts_at=START, ends_at=world.now))
    await world.advance(10 * MINUTE)
    world.mend("slack")
    said = await world.advance(HOUR)
    assert [(kind, why) for _, kind, why in to(said, SLACK)] == [("late", "resolved")]


@pytest.mark.parametrize("error", [broken, too_fast])
async def test_what_gets_worse_waits_for_no_retry(
    world: World, error: Callable[[], SendError]
) -> None:
    """Promise 9: the next attempt was minutes away, and no rest was asked for that long, when the
    vendor had recovered and the incident became critical."""
    world.break_channel("slack", error)
    await world.post(alert("X", "warning", starts_at=START))
    await world.advance(30 * MINUTE)
    await world.advance(5.0)
    world.mend("slack")
    await world.post(alert("X", "critical", starts_at=world.now))
    said = await world.advance(1.0)
    assert [kind for _, kind, _ in to(said, SLACK)] == ["worse"]


async def test_acknowledged_while_down(world: World) -> None:
    """Promise 14: what says that somebody has it says the beginning, too, however often it has to
    be tried; so the end is owed as well."""
    world.break_channel("slack", refused)
    await world.post(alert(starts_at=START))
    await world.advance(2.0)
    await world.ack(1001)
    await world.advance(10.0)
    world.mend("slack")
    said = await world.advance(5 * MINUTE)
    assert [kind for _, kind, _ in to(said, SLACK)] == ["acknowledged"]
    await world.post(alert(starts_at=START, ends_at=world.now))
    said = await world.advance(10 * MINUTE)
    assert [kind for _, kind, _ in to(said, SLACK)] == ["resolved"]


async def test_acknowledged_twice_and_resolved_while_down(world: World) -> None:
    """E3: told late of all of it, once."""
    world.break_channel("slack", refused)
    await world.post(alert(starts_at=START))
    await world.advance(2.0)
    await world.ack(1001)
    await world.advance(10.0)
    await world.engine.unacknowledge(1001, "ana", "link")
    await world.ack(1001, "ben")
    await world.advance(10.0)
    await world.post(alert(starts_at=START, ends_at=world.now))
    await world.advance(10 * MINUTE)
    world.mend("slack")
    said = await world.advance(HOUR)
    assert [kind for _, kind, _ in to(said, SLACK)] == ["late"]


async def test_the_fallback_hears(world: World) -> None:
    """Promise 13: after some attempts the fallback receiver is told, and the timeline says so."""
    world.break_channel("slack", refused)
    await world.post(alert())
    said = await world.advance(5 * MINUTE)
    assert [why for _, _, why in to(said, ADMIN)] == ["fallback"]
    assert "fell back" in {entry.kind for entry in await world.timeline()}


@pytest.mark.parametrize(
    ("instead", "kind", "text"),
    [
        (
            "- name: everyone\n    email: [{to: billing-oncall@example.com}]",
            "fell back",
            "nothing more to send in place of Slack #billing-alerts: receiver everyone has "
            "messages of its own",
        ),
        (
            "- name: everyone",
            "nobody reached",
            "receiver everyone has no other targets: nobody is notified in place of Slack "
            "#billing-alerts",
        ),
        (
            '- name: everyone\n    slack: [{channel: "#billing-alerts"}]',
            "nobody reached",
            "receiver everyone has no other targets: nobody is notified in place of Slack "
            "#billing-alerts",
        ),
    ],
)
async def test_fallback_that_notifies_nobody_further_is_in_the_timeline(
    world: World, instead: str, kind: str, text: str
) -> None:
    """Promise 2: the timeline says why no fallback message followed a failed target."""
    whole = "- name: everyone\n    email: [{to: admin@example.com}]"
    world.routes = ROUTES.replace(whole, instead)
    assert await world.engine.reload() == ()
    world.break_channel("slack", refused)
    await world.post(alert())
    await world.advance(5 * MINUTE)
    found = [(one.kind, one.text) for one in await world.timeline()]
    assert found.count((kind, text)) == 1


async def test_a_bounced_address_falls_back_at_once(world: World) -> None:
    """E15: the message is a dead letter, the fallback hears at once, once."""
    world.faults["email"] = lambda message, target: (
        bounced() if target.address == "billing-oncall@example.com" else None
    )
    await world.post(alert())
    said = await world.advance(1.0)
    assert [why for _, _, why in to(said, ADMIN)] == ["fallback"]
    dead = await world.dead()
    assert [notice.target.address for notice in dead] == ["billing-oncall@example.com"]


async def test_no_end_without_a_beginning(world: World) -> None:
    """E5: who could never be told of the firing is not told of its end."""
    world.faults["email"] = lambda message, target: (
        bounced() if target.address == "billing-oncall@example.com" else None
    )
    await world.post(alert(starts_at=START))
    await world.advance(MINUTE)
    world.mend("email")
    await world.post(alert(starts_at=START, ends_at=world.now))
    said = await world.advance(10 * MINUTE)
    assert to(said, "email:billing-oncall@example.com") == []
    assert [why for _, _, why in to(said, ADMIN)] == ["resolved"]


async def test_retry_after_is_honoured(world: World) -> None:
    """E11: after 429 the target is left alone for as long as it asked, not longer than needed."""
    world.break_channel("slack", too_fast)
    await world.post(alert())
    await world.advance(1.0)
    world.mend("slack")
    said = await world.advance(MINUTE)
    assert [at for at, _, _ in to(said, SLACK)] == [30.0]


async def test_what_perhaps_arrived_is_repeated_and_says_so(world: World) -> None:
    """Promise 3: the vendor accepted, the answer was lost: sent again, the attempt is on record."""
    lost = [True]
    world.faults["email"] = lambda message, target: (
        SendError(Failure.TIMEOUT, "no answer", perhaps=True)
        if target.address == "billing-oncall@example.com" and lost and lost.pop()
        else None
    )
    await world.post(alert())
    said = await world.advance(MINUTE)
    assert [why for _, _, why in to(said, "email:billing-oncall@example.com")] == ["first"] * 2
    assert any("may have arrived" in entry.text for entry in await world.timeline())


async def test_given_up_after_a_day_and_replayed(world: World) -> None:
    """Promise 13: nothing is given up in silence: it is a dead letter that can be replayed."""
    world.break_channel("pagerduty", refused)
    await world.post(alert())
    await world.advance(0.0)
    await world.ack(1001)
    await world.advance(25 * HOUR)
    assert "given up" in {entry.kind for entry in await world.timeline()}
    assert {notice.target.channel for notice in await world.dead()} == {"pagerduty"}


async def test_a_step_that_could_not_be_told_is_not_told_after_the_acknowledgement(
    world: World,
) -> None:
    """E22: ben's mail was stuck when ana took it: when mail works again ben is left asleep."""
    await world.post(alert())
    await world.advance(14 * MINUTE)
    world.break_channel("email", refused)
    await world.advance(2 * MINUTE)
    await world.ack(1001)
    world.mend("email")
    said = await world.advance(HOUR)
    assert to(said, "email:ben@example.com") == []


async def test_the_fallback_hears_again_when_it_got_worse(world: World) -> None:
    """Promise 13: what the fallback heard of the warning does not stand for the critical."""
    for channel in ("slack", "pagerduty"):
        world.break_channel(channel, refused)
    world.faults["email"] = lambda message, target: None if target.key == ADMIN else refused()
    await world.post(alert("Payments", "warning"))
    await world.advance(10 * MINUTE)
    await world.post(alert("Payments", "critical"))
    said = await world.advance(10 * MINUTE)
    assert [kind for _, kind, _ in to(world.delivered, ADMIN)][:2] == ["firing", "worse"]
    assert "worse" in {kind for _, kind, _ in to(said, ADMIN)}


async def test_a_fallback_after_the_end_says_that_it_is_over(world: World) -> None:
    """Promise 14: it ended while the last attempt was on its way: no end would follow."""
    world.break_channel("slack", bounced)
    await world.post(alert(starts_at=START))
    await world.engine.dispatcher.dispatch_once()  # claimed, and on its way
    world.now += 1.0
    await world.post(alert(starts_at=START, ends_at=world.now))
    world.now += 5 * MINUTE
    await world.engine.dispatcher.dispatch_once()
    assert not (await world.incident()).open
    await world.advance(10 * MINUTE)
    assert [kind for _, kind, _ in to(world.delivered, ADMIN)] in ([], ["late"])


async def test_nobody_falls_back_on_what_somebody_has(world: World) -> None:
    """E22: acknowledged while the last attempt was on its way: the fallback is left asleep."""
    world.break_channel("slack", bounced)
    await world.post(alert())
    await world.engine.dispatcher.dispatch_once()  # claimed, and on its way
    await world.ack(1001)
    await world.advance(10 * MINUTE)
    assert to(world.delivered, ADMIN) == []


async def test_a_beginning_that_is_replayed_after_the_end_is_not_told_alone(world: World) -> None:
    """Promise 14: the dead letter is told with its end, in one late message."""
    billing = "email:billing-oncall@example.com"
    world.faults["email"] = lambda message, target: bounced() if target.key == billing else None
    await world.post(alert(starts_at=START))
    await world.advance(MINUTE)
    await world.post(alert(starts_at=START, ends_at=world.now))
    await world.advance(10 * MINUTE)
    world.mend("email")
    dead = [notice.id for notice in await world.dead()]
    again = await world.engine.store.write(lambda tx: outbox.replay(tx, dead, world.now))
    assert again == dead
    said = await world.advance(MINUTE)
    assert [kind for _, kind, _ in to(said, billing)] == ["late"]


async def test_a_digest_that_cannot_be_told_falls_back(world: World) -> None:
    """Promise 13: forty warnings that folded for a dead vendor are told to the fallback, and so
    are their ends."""
    world.break_channel("slack", refused)
    world.routes = ROUTES.replace("- name: quiet", "- name: quiet\n    fallback: everyone")
    assert await world.engine.reload() == ()
    await world.post(*(alert(f"Renewals{n:03}", "info", starts_at=START) for n in range(40)))
    said = await world.advance(10 * MINUTE)
    assert told_of(said) == set(range(1001, 1041))
    ends = (alert(f"Renewals{n:03}", "info", starts_at=START, ends_at=world.now) for n in range(40))
    await world.post(*ends)
    said = await world.advance(10 * MINUTE)
    assert told_of(said) == set(range(1001, 1041))


def told_of(said: list[Delivered]) -> set[int]:
    """The incidents that the fallback was told of, each by itself or in a digest."""
    found = {d.incident for d in said if d.to == ADMIN and d.kind != "digest"}
    for digest in (d for d in said if d.to == ADMIN and d.kind == "digest"):
        found |= {line["incident"] for line in digest.message.facts["digest"]}
    return found


async def test_a_vendor_that_asks_for_a_long_rest_is_not_waited_for(world: World) -> None:
    """Promise 13: an hour of Retry-After: the fallback hears at once, also of what comes later."""
    world.break_channel(
        "slack", lambda: SendError(Failure.RATE_LIMITED, "too fast", retry_after=HOUR)
    )
    await world.post(alert("One"))
    said = await world.advance(1.0)
    assert [why for _, _, why in to(said, ADMIN)] == ["fallback"]
    await world.post(alert("Two"))
    said = await world.advance(6 * MINUTE)
    assert {d.incident for d in said if d.to == ADMIN} == {1002}


async def test_a_bounce_does_not_make_the_vendor_sick(world: World) -> None:
    """E40: the vendor answered; /readyz and the heartbeat must not say that e-mail is down."""
    world.faults["email"] = lambda message, target: bounced()
    await world.post(alert())
    await world.advance(10 * MINUTE)
    assert all(health.ok for health in world.engine.problems())


async def test_who_took_it_gets_no_late_page(world: World) -> None:
    """E22: ana's own mail was stuck; she took it from Slack: mail that works again says nothing."""
    world.break_channel("email", refused)
    await world.post(alert())
    await world.advance(5.0)
    await world.ack(1001, "ana")
    world.mend("email")
    assert to(await world.advance(HOUR), "email:ana@example.com") == []


async def test_new_alerts_are_heard_although_others_ended_meanwhile(world: World) -> None:
    """Promise 2: Slack was down; its one message afterwards stands for the new alert, which is
    worth a sound, and not for the end of another, which is not."""
    await world.post(alert("Payments", "warning", region="eu"))
    await world.advance(MINUTE)
    world.break_channel("slack", refused)
    await world.post(alert("Payments", "warning", region="us"))
    await world.advance(6 * MINUTE)
    await world.post(alert("Payments", "warning", region="eu", ends_at=world.now))
    await world.advance(6 * MINUTE)
    world.mend("slack")
    said = await world.advance(10 * MINUTE)
    assert [why for _, _, why in to(said, SLACK)] == ["new alerts"]


async def test_one_of_two_webhooks_fails(tmp_path: Path) -> None:
    """Promise 13: two places of one channel: the well one hears as if it were alone, the other as
    soon as it is well, and both in time from then on."""
    routes = """
route: {receiver: both, group_wait: 1s, group_interval: 2s, repeat_interval: 10s}
receivers:
  - name: both
    webhook: [{url: "http://hooks.example.com/well"}, {url: "http://hooks.example.com/ill"}]
"""
    world = World(f"sqlite:///{tmp_path}/gateway.db", routes)
    await world.start()
    ill = "webhook:http://hooks.example.com/ill"

    def fails(message: Message, target: Target) -> SendError | None:
        if target.key == ill and world.now < START + 4.5:
            return SendError(Failure.SERVER_ERROR, "the webhook answered 500")
        return None

    world.faults["webhook"] = fails
    try:
        await world.post(alert())
        said = await world.advance(12.0)
    finally:
        await world.close()
    assert to(said, "webhook:http://hooks.example.com/well") == [
        (1.0, "firing", "first"),
        (11.0, "repeat", "repeat"),
    ]
    [(recovered, kind, _), again] = to(said, ill)
    assert 4.5 <= recovered <= 8.5
    assert (kind, again) == ("firing", (11.0, "repeat", "repeat"))


async def test_a_vendor_that_repeats_a_secret_is_masked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 10: attempt, dead letter, timeline and the fallback's message hold no secret."""
    monkeypatch.setattr(log, "_secrets", log._SecretPattern())
    log.add_secret("test-routing-key-1")
    world.break_channel(
        "pagerduty", lambda: SendError(Failure.BAD_RECIPIENT, "test-routing-key-1 is unknown")
    )
    await world.post(alert())
    await world.advance(1.0)
    (dead,) = await world.dead()
    attempts = await world.engine.store.read(lambda tx: deliveries.attempts_of(tx, [dead.id]))
    assert [one.detail for one in attempts[dead.id]] == ["*** is unknown"]
    texts = [entry.text for entry in await world.timeline()]
    assert any("*** is unknown" in text for text in texts)
    assert not any("test-routing-key-1" in text for text in texts)


async def test_people_read_no_reference_to_a_secret(world: World) -> None:
    """Timeline and fallback call the target "PagerDuty (billing)"."""
    world.break_channel("pagerduty", bounced)
    await world.post(alert())
    said = await world.advance(1.0)
    (fallback,) = [d.message for d in said if d.to == ADMIN]
    assert fallback.facts["note"] == "PagerDuty (billing) could not be reached (bad recipient)"
    texts = " ".join(entry.text for entry in await world.timeline())
    assert "PagerDuty (billing)" in texts
    assert "$" not in texts


async def test_who_acknowledged_after_a_page_of_unknown_fate_is_notified_of_the_end(
    world: World,
) -> None:
    """Promise 14: the escalation arrived, its answer was lost, and the acknowledgement cancelled
    its next attempt: the resolved notification is due all the same."""
    await world.post(alert())
    await world.advance(MINUTE)
    world.faults["email"] = lambda message, target: SendError(
        Failure.TIMEOUT, "no answer", perhaps=True
    )
    await world.advance(15 * MINUTE)
    assert ("email:ben@example.com", "escalation") in [(d.to, d.kind) for d in world.delivered]
    await world.ack(1001, "ben")
    world.mend("email")
    await world.post(alert(ends_at=world.now))
    said = await world.advance(10 * MINUTE)
    assert "resolved" in [kind for _, kind, _ in to(said, "email:ben@example.com")]
