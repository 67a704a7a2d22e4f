"""Promise 4, where a channel knows groups and no incidents: no late end undoes a new beginning."""

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


async def burning_anew(folder: Path, receiver: str, *again: str) -> tuple[World, list[Delivered]]:
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


async def test_what_ended_beside_it_is_told(tmp_path: Path) -> None:
    """Who heard that one burns again is told of the other's end, in a group that goes on."""
    world, said = await burning_anew(tmp_path, "hook", "a")
    try:
        again, late = said
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


async def test_an_end_of_which_nothing_is_left(tmp_path: Path) -> None:
    """Both burn again: nobody is told that they are over, and the timeline says why."""
    world, said = await burning_anew(tmp_path, "hook", "a", "b")
    try:
        assert [(d.incident, d.kind) for d in said] == [(1002, "firing")]
        rows = await world.engine.store.read(lambda tx: deliveries.notices_of(tx, 1001))
        why = "cancelled: firing again as #1002, of which this target was notified"
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


async def test_a_channel_that_shows_the_incident_tells_its_end(tmp_path: Path) -> None:
    """A mail says which incident is over."""
    world, said = await burning_anew(tmp_path, "mail", "a", "b")
    try:
        assert [(d.incident, d.kind) for d in said] == [(1002, "firing"), (1001, "resolved")]
        assert said[1].message.status == "resolved"
    finally:
        await world.close()
