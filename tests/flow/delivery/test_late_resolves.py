"""Promise 4 for channels without incidents: no late resolve contradicts a new firing one."""

from pathlib import Path

from gateway.channels.webhook.body import body
from gateway.core.incidents.retry import Failure, SendError
from gateway.store.queries import deliveries
from tests.flow.world import HOUR, MINUTE, Delivered, World, alert

HOOK = """
receivers: [{name: hook, webhook: [{url: "http://127.0.0.1:9/hook"}]},
            {name: mail, email: [{to: admin@example.com}]}]
channels: {email: {token: "${POSTMARK_TOKEN}", from: alerts@example.com}}
route: {receiver: RECEIVER, group_by: [alertname], group_wait: 0s, group_interval: 10s}
"""


def refused() -> SendError:
    return SendError(Failure.CONNECTION, "connection refused")


async def refired(folder: Path, receiver: str, *again: str) -> tuple[World, list[Delivered]]:
    """Two alerts of a group end while the receiver is down; some fire again as it is mended."""
    world = World(f"sqlite:///{folder}/gateway.db", HOOK.replace("RECEIVER", receiver))
    await world.start()
    channel = "webhook" if receiver == "hook" else "email"
    began, both = world.now, ("a", "b")
    await world.post(*(alert("Ledger", starts_at=began, instance=one) for one in both))
    await world.advance(1.0)
    world.break_channel(channel, refused)
    over = world.now
    await world.post(
        *(alert("Ledger", starts_at=began, ends_at=over, instance=one) for one in both)
    )
    await world.advance(5 * MINUTE)
    world.mend(channel)
    await world.post(*(alert("Ledger", starts_at=world.now, instance=one) for one in again))
    return world, await world.advance(HOUR)


async def test_an_alert_that_resolved_beside_a_refired_one_is_notified(tmp_path: Path) -> None:
    """A target notified of a refired alert is notified of the other one's end."""
    world, messages = await refired(tmp_path, "hook", "a")
    try:
        again, late = messages
        assert (again.incident, again.kind) == (1002, "firing")
        assert (late.incident, late.kind) == (1001, "resolved")
        posted = body(late.message)
        assert posted["status"] == "firing"
        assert posted["notification_reason"] == "some alerts resolved"
        (ended,) = posted["alerts"]
        assert (ended["labels"]["instance"], ended["status"]) == ("b", "resolved")
        assert posted["commonLabels"]["instance"] == "b"
        assert posted["groupKey"] == body(again.message)["groupKey"]
    finally:
        await world.close()


async def test_a_resolve_whose_alerts_all_refired_is_cancelled(tmp_path: Path) -> None:
    """Both fire again: no resolved notification is sent, and the timeline says why."""
    world, messages = await refired(tmp_path, "hook", "a", "b")
    try:
        assert [(d.incident, d.kind) for d in messages] == [(1002, "firing")]
        rows = await world.engine.store.read(lambda tx: deliveries.notices_of(tx, 1001))
        why = "cancelled: this target was notified that it fires again, as #1002"
        assert [row.detail for row in rows if row.kind == "resolved"] == [why]
        over = world.now
        ends = [alert("Ledger", starts_at=over, ends_at=over, instance=one) for one in ("a", "b")]
        await world.post(*ends)
        (end,) = await world.advance(MINUTE)
        assert (end.incident, end.kind, body(end.message)["status"]) == (
            1002,
            "resolved",
            "resolved",
        )
        assert len(body(end.message)["alerts"]) == 2
    finally:
        await world.close()


async def test_a_channel_that_shows_the_incident_gets_its_resolve(tmp_path: Path) -> None:
    """A mail says which incident has resolved."""
    world, messages = await refired(tmp_path, "mail", "a", "b")
    try:
        assert [(d.incident, d.kind) for d in messages] == [(1002, "firing"), (1001, "resolved")]
        assert messages[1].message.status == "resolved"
    finally:
        await world.close()
