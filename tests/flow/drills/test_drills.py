"""Drills of a whole gateway: begun once, posted to the endpoint, and judged by what arrived."""

from pathlib import Path

import pytest

from gateway.core.actor import verified_person
from gateway.core.drills.run import ArrivalProof, DrillState
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.contact_health import ContactEvent, ContactEventKind
from gateway.flow.drills.drills import POLL, REMOVED, TOO_LATE, DrillError
from gateway.flow.drills.endpoint import no_endpoint
from tests.flow.drills.world import BEFORE_NOON, DRILLED, drilled, noon, runs_of, watch
from tests.flow.world import DAY, MINUTE, START, World
from tests.store.reads import open_incidents

ANA = verified_person("ana", "link")
WITH_CALLBACKS = DRILLED.replace(
    "from: alerts@example.com}", "from: alerts@example.com, callbacks: {bearer: test-callback}}"
)


async def noon_of_today(world: World) -> None:
    """Let time pass until a minute after 12:00, wherever the clock stands."""
    await watch(world, START + BEFORE_NOON + MINUTE - world.now)


async def opened(world: World) -> list[Incident]:
    return await world.engine.store.read(open_incidents)


async def test_drill_that_is_due_arrives(tmp_path: Path) -> None:
    """The alert goes through the endpoint and the escalation, marked as a test, and ends again."""
    async with drilled(tmp_path) as (world, _):
        await noon(world, 15.0)
        (run,) = await runs_of(world)
        assert run.state is DrillState.ARRIVED
        assert run.text == "the message arrived after 0s"
        assert (run.began_by, run.slot) == ("the schedule", START + BEFORE_NOON)
        (message,) = run.facts.messages
        assert (message.name, message.proof) == ("e-mail ana@example.com", ArrivalProof.ACCEPTANCE)
        incident = await world.incident(1001)
        assert incident.test
        assert not incident.open
        kinds = [(one.to, one.kind) for one in world.delivered]
        assert kinds == [("email:ana@example.com", "firing"), ("email:ana@example.com", "resolved")]
        text = str(world.delivered[0].message.facts["title"])
        assert text.startswith("TEST")


async def test_drill_runs_once_in_each_slot(tmp_path: Path) -> None:
    """However many replicas and rounds; again the next day."""
    async with drilled(tmp_path) as (world, _):
        other = await world.start()
        other.drills.post = world.engine.drills.post
        await noon(world)
        await watch(world, MINUTE, other)
        assert len(await runs_of(world)) == 1
        assert [one.kind for one in world.delivered] == ["firing", "resolved"]
        await world.advance(DAY - 2 * MINUTE)
        await watch(world, 2 * MINUTE, other)
        assert len(await runs_of(world)) == 2


async def test_message_that_is_refused_fails_the_drill(tmp_path: Path) -> None:
    """It says why, fires the gateway's own alert, and the next success ends that."""
    async with drilled(tmp_path) as (world, _):
        world.break_channel("email", lambda: SendError(Failure.BAD_RECIPIENT, "no such mailbox"))
        await noon(world, 3 * MINUTE)
        (run,) = await runs_of(world)
        assert run.state is DrillState.FAILED
        assert "e-mail ana@example.com did not arrive within 2m" in run.text
        assert "no such mailbox" in run.text
        await world.engine.own_alerts.check_once()
        await world.advance(MINUTE)
        (own,) = [one for one in await opened(world) if "GatewayDrillFailed" in one.group_key]
        assert not own.test
        world.mend("email")
        await world.engine.drills.begin("noon", ANA)
        await watch(world, MINUTE)
        latest = (await runs_of(world))[0]
        assert latest.state is DrillState.ARRIVED
        for _ in range(20):
            await world.advance(10.0)
            await world.engine.own_alerts.check_once()
        await world.advance(10 * MINUTE)
        assert not (await world.incident(own.number)).open


async def test_message_that_comes_late_fails_the_drill(tmp_path: Path) -> None:
    """A vendor that accepts after the time is too late, however well it works then."""
    async with drilled(tmp_path) as (world, _):
        world.break_channel("email", lambda: SendError(Failure.SERVER_ERROR, "status 500"))
        await noon(world, MINUTE + 59.0)
        (run,) = await runs_of(world)
        assert run.state is DrillState.RUNNING
        assert run.text.startswith("it waits for e-mail ana@example.com")
        world.mend("email")
        await watch(world, 10 * MINUTE)
        (run,) = await runs_of(world)
        assert run.state is DrillState.FAILED


async def test_drill_waits_for_an_acknowledgement(tmp_path: Path) -> None:
    """Where it is asked for, the drill ends with it; without one it fails."""
    routes = DRILLED.replace("within: 2m}", "within: 2m, acknowledge: 10m}")
    async with drilled(tmp_path, routes) as (world, _):
        await noon(world, MINUTE)
        (run,) = await runs_of(world)
        assert run.text == "it waits for somebody to acknowledge"
        await world.ack(1001)
        await watch(world, 10.0)
        (run,) = await runs_of(world)
        assert run.state is DrillState.ARRIVED
        assert run.text == "the message arrived after 0s; ana acknowledged"
        await watch(world, MINUTE)  # its incident is over then
        await world.engine.drills.begin("noon", ANA)
        await watch(world, 11 * MINUTE)
        failed = (await runs_of(world))[0]
        assert failed.state is DrillState.FAILED
        assert failed.text == "nobody acknowledged it within 10m"
        assert not (await world.incident(1002)).open


async def test_endpoint_that_refuses_fails_the_drill(tmp_path: Path) -> None:
    """A source whose token was changed on one side is found by the drill."""
    async with drilled(tmp_path) as (world, _):
        drills = world.engine.drills
        drills.post = no_endpoint
        await noon(world, 3 * MINUTE)
        (run,) = await runs_of(world)
        assert run.state is DrillState.FAILED
        assert run.text == "nobody was notified within 2m: this process does not listen yet"
        assert world.delivered == []


async def test_crash_before_the_post_loses_no_drill(tmp_path: Path) -> None:
    """A run that was stored and not posted is posted by the next process."""
    async with drilled(tmp_path) as (world, _):
        post, world.engine.drills.post = world.engine.drills.post, no_endpoint
        await noon(world)
        assert (await runs_of(world))[0].state is DrillState.RUNNING
        engine = await world.start()  # as after a restart
        engine.drills.post = post
        await engine.drills.check_once()
        await world.advance(1.0)
        await engine.drills.check_once()
        (run,) = await runs_of(world)
        assert run.state is DrillState.ARRIVED
        assert len([one for one in world.delivered if one.kind == "firing"]) == 1


async def test_receipt_is_needed_where_the_account_takes_callbacks(tmp_path: Path) -> None:
    """Acceptance alone is no proof there; with the vendor's receipt the drill succeeds."""
    async with drilled(tmp_path, WITH_CALLBACKS) as (world, _):
        await noon(world, MINUTE)
        (run,) = await runs_of(world)
        assert run.text == "it waits for e-mail ana@example.com"
        event = ContactEvent(
            "Delivery:1", "ana@example.com", ContactEventKind.DELIVERED, "accepted",
            world.delivered[0].message.notice_id,
        )  # fmt: skip
        assert await world.engine.contacts.record("email", event) == ""
        await watch(world, MINUTE)
        (run,) = await runs_of(world)
        assert run.state is DrillState.ARRIVED
        assert run.facts.messages[0].proof is ArrivalProof.RECEIPT


async def test_message_without_its_receipt_fails_the_drill(tmp_path: Path) -> None:
    """A vendor that accepts and loses is found, in each drill, until receipts come."""
    async with drilled(tmp_path, WITH_CALLBACKS) as (world, _):
        await noon(world, 3 * MINUTE)
        await world.engine.drills.begin("noon", ANA)
        await watch(world, 3 * MINUTE)
        for run in await runs_of(world):
            assert run.state is DrillState.FAILED
            assert "the vendor accepted it and posted no receipt within 2m" in run.text


async def test_clock_that_was_ahead_loses_no_drill(tmp_path: Path) -> None:
    """A machine that started ten days ahead and was set right drills at the next noon, once."""
    async with drilled(tmp_path) as (world, _):
        world.step_clock(10 * DAY)
        await watch(world, MINUTE)
        world.step_clock(-10 * DAY)
        await watch(world, POLL)
        await noon_of_today(world)
        assert [one.slot for one in await runs_of(world)] == [START + BEFORE_NOON]


async def test_clock_that_is_set_back_after_its_slot_repeats_no_drill(tmp_path: Path) -> None:
    """A second noon of the same day is not another slot."""
    async with drilled(tmp_path) as (world, _):
        await noon(world, MINUTE)
        world.step_clock(-2 * MINUTE)
        await watch(world, 4 * MINUTE)
        assert len(await runs_of(world)) == 1


@pytest.mark.parametrize(("late", "runs"), [(TOO_LATE - 10.0, 1), (TOO_LATE + 10.0, 0)])
async def test_slot_in_an_outage(late: float, runs: int, tmp_path: Path) -> None:
    """A drill begins up to an hour late; after that people would not expect it."""
    async with drilled(tmp_path) as (world, _):
        await world.advance(BEFORE_NOON + late)
        await world.engine.drills.check_once()
        assert len(await runs_of(world)) == runs


async def test_drill_that_runs_is_not_begun_again(tmp_path: Path) -> None:
    """Two runs of one drill could not be told apart."""
    async with drilled(tmp_path) as (world, _):
        await world.engine.drills.begin("noon", ANA)
        with pytest.raises(DrillError, match="drill noon runs already"):
            await world.engine.drills.begin("noon", ANA)
        with pytest.raises(KeyError):
            await world.engine.drills.begin("night", ANA)


async def test_removed_drill_ends(tmp_path: Path) -> None:
    """A reload without it ends its run, and says so."""
    async with drilled(tmp_path) as (world, _):
        await world.engine.drills.begin("noon", ANA)
        world.routes = DRILLED[: DRILLED.index("drills:\n  noon")]
        await world.engine.reload()
        await world.engine.drills.check_once()
        (run,) = await runs_of(world)
        assert (run.state, run.text, run.closed) == (DrillState.FAILED, REMOVED, True)
