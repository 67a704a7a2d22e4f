"""Actions in PagerDuty and here: they come in once, reach all others, and do not go back."""

from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.incidents.incident import State
from gateway.web.callbacks.pagerduty import parse_event
from tests.fakes.pagerduty_account import user
from tests.flow.world import MINUTE, alert
from tests.web.callbacks.loop import WITH_PAGERDUTY, Loop, pagerduty_loop

MAIL = "email:billing-oncall@example.com"
SLACK = "slack:#billing-alerts"


@pytest.fixture
async def loop(tmp_path: Path) -> AsyncIterator[Loop]:
    """Yield a gateway that has just notified PagerDuty of an incident."""
    async with pagerduty_loop(tmp_path) as loop:
        await loop.world.post(alert())
        await loop.until_quiet()
        yield loop


async def test_acknowledged_in_pagerduty_is_acknowledged_here_once(loop: Loop) -> None:
    """Everybody but PagerDuty is notified once, by the person with the user's e-mail address."""
    loop.account.press("acknowledged", "PBEN")
    await loop.until_quiet()
    incident = await loop.incident()
    assert incident.ack is not None
    assert (incident.ack.by, incident.ack.via, incident.ack.verified) == ("ben", "pagerduty", True)
    assert loop.to(MAIL).count("acknowledged") == 1
    assert loop.to(SLACK).count("acknowledged") == 1
    assert loop.events() == ["trigger"]


async def test_acknowledged_here_comes_back_and_changes_nothing(loop: Loop) -> None:
    """The echo of our own acknowledgement is no second one."""
    await loop.world.ack(1001, "ana")
    before = len(await loop.world.timeline())
    answers = await loop.until_quiet()
    assert loop.events() == ["trigger", "acknowledge"]
    assert [one["status"] for one in answers] == ["ignored"]
    assert len(await loop.world.timeline()) == before
    assert loop.to(SLACK).count("acknowledged") == 1


async def test_echo_covers_no_alerts_that_came_since(loop: Loop) -> None:
    """An alert that joins while the echo is under way stays unacknowledged."""
    await loop.world.ack(1001, "ana")
    await loop.world.advance(1.0)
    echo, loop.account.webhooks = loop.account.webhooks, []
    await loop.world.post(alert(instance="db-2"))
    await loop.world.advance(10 * MINUTE)
    loop.account.webhooks = echo
    covered = (await loop.incident()).ack
    await loop.until_quiet()
    assert (await loop.incident()).ack == covered


@pytest.mark.parametrize("kind", ["acknowledged", "resolved"])
async def test_program_acknowledges_and_resolves_nothing(loop: Loop, kind: str) -> None:
    """Without a user it is an echo, or a rule by which nobody has read anything."""
    loop.account.event(kind, "PINC1")
    [answer] = await loop.until_quiet()
    assert answer["why"].startswith("no person did it")
    assert (await loop.incident()).state is State.FIRING


async def test_unknown_user_acknowledges_by_name(loop: Loop) -> None:
    """Somebody whom routes.yaml does not have is shown as PagerDuty's user."""
    loop.account.press("acknowledged", "PEVE")
    await loop.until_quiet()
    ack = (await loop.incident()).ack
    assert ack is not None
    assert ack.by == "pagerduty:Peve"


async def test_resolved_in_pagerduty_is_resolved_here_and_not_sent_back(loop: Loop) -> None:
    """The others get one resolved message."""
    loop.account.press("resolved")
    await loop.until_quiet()
    assert (await loop.incident()).state is State.RESOLVED
    assert loop.to(SLACK).count("resolved by hand") == 1
    assert loop.events() == ["trigger"]


async def test_alerts_that_fire_on_open_it_again_in_pagerduty(loop: Loop) -> None:
    """After the grace period PagerDuty gets a trigger, which opens a new incident there."""
    loop.account.press("resolved")
    await loop.until_quiet()
    await loop.world.advance(6 * MINUTE)
    await loop.until_quiet()
    assert (await loop.incident()).state is State.FIRING
    assert loop.events()[:2] == ["trigger", "trigger"]
    loop.account.press("acknowledged", id_="PINC2")
    await loop.until_quiet()
    assert (await loop.incident()).state is State.ACKNOWLEDGED


async def test_resolved_here_comes_back_and_changes_nothing(loop: Loop) -> None:
    """The echo of our resolve finds a resolved incident."""
    actor = verified_person("ana", "cli")
    await loop.world.engine.act(1001, ActionName.RESOLVE, actor)
    answers = await loop.until_quiet()
    assert loop.events() == ["trigger", "resolve"]
    assert [one["status"] for one in answers] == ["ignored"]


async def test_acknowledgement_that_expires_in_pagerduty_ends_here(loop: Loop) -> None:
    """PagerDuty's timeout has no user, and pages again; so do we."""
    loop.account.press("acknowledged")
    await loop.until_quiet()
    await loop.world.advance(10.0)
    loop.account.event("unacknowledged", "PINC1", occurred_at="2026-11-18T11:07:00Z")
    await loop.until_quiet()
    assert (await loop.incident()).ack is None
    assert loop.to(SLACK).count("acknowledgement undone") == 1
    assert loop.events() == ["trigger"]


async def test_late_end_of_an_older_acknowledgement_is_ignored(loop: Loop) -> None:
    """Webhooks may come two days late: what was acknowledged since stays so."""
    loop.world.now += 3600
    await loop.world.ack(1001, "ben")
    loop.account.event("unacknowledged", "PINC1")
    [answer, *_] = await loop.until_quiet()
    assert (await loop.incident()).ack is not None
    assert answer["status"] == "ignored"


async def test_late_acknowledgement_is_ignored_after_an_undo(loop: Loop) -> None:
    """An acknowledgement from before somebody undid one here does not come back."""
    late = loop.account.press("acknowledged")
    loop.account.webhooks.clear()
    loop.world.now += 60
    await loop.world.ack(1001, "ben")
    await loop.world.engine.act(1001, ActionName.UNACK, verified_person("ben", "link"))
    await loop.until_quiet()
    answer = await (await loop.post(late)).json()
    assert answer["why"] == "somebody has done something else here since then"
    assert (await loop.incident()).ack is None


@pytest.mark.parametrize("kind", ["reassigned", "delegated"])
async def test_reassigned_incident_pages_the_assignee(loop: Loop, kind: str) -> None:
    """While nobody holds it here, the assignee is paged."""
    loop.account.press(kind, "PANA", assignees=[user("PBEN")])
    await loop.until_quiet()
    assert loop.to("email:ben@example.com") == ["paged"]


async def test_reassigned_incident_that_somebody_holds_is_offered(loop: Loop) -> None:
    """The holder keeps it until the assignee accepts, as with every handover."""
    await loop.world.ack(1001, "ana")
    await loop.until_quiet()
    loop.account.press("reassigned", "PANA", assignees=[user("PBEN")])
    await loop.until_quiet()
    offer = (await loop.incident()).responses.offer
    assert offer is not None
    assert (offer.to, offer.by) == ("ben", "ana")


async def test_reassigned_and_acknowledged_is_taken_over(loop: Loop) -> None:
    """The event says that the assignee has acknowledged: that is the state here, too."""
    await loop.world.ack(1001, "ana")
    await loop.until_quiet()
    loop.account.press("reassigned", "PBEN", status="acknowledged", assignees=[user("PBEN")])
    await loop.until_quiet()
    ack = (await loop.incident()).ack
    assert ack is not None
    assert ack.by == "ben"


async def test_escalated_by_a_person_takes_the_next_step_here(loop: Loop) -> None:
    """PagerDuty's own timeouts do not: they would count each step twice."""
    loop.account.event("escalated", "PINC1")
    await loop.until_quiet()
    assert "escalation" not in loop.to("email:ana@example.com")
    before = loop.world.now
    loop.account.press("escalated", "PBEN")
    await loop.until_quiet()
    steps = [one for one in await loop.world.timeline() if one.kind.value == "escalated"]
    assert any(one.at >= before and one.data.get("by") == "ben" for one in steps)


async def test_note_becomes_a_comment_once(loop: Loop) -> None:
    """A note has only the id of its incident, which is known from before."""
    body = loop.account.press("annotated", "PBEN", content="failed over to db-2")
    await loop.until_quiet()
    answer = await (await loop.post(body)).json()
    assert answer == {"status": "ignored", "why": "this event was acted upon before"}
    comments = (await loop.incident()).responses.comments
    assert [(one.by, one.text) for one in comments] == [("ben", "failed over to db-2")]
    assert loop.events() == ["trigger"]


async def test_reopened_by_a_person_is_opened_here(loop: Loop) -> None:
    """As long as its alerts still fire."""
    loop.account.press("resolved")
    await loop.until_quiet()
    loop.account.press("reopened")
    await loop.until_quiet()
    assert (await loop.incident()).state is State.FIRING


@pytest.mark.parametrize("where", ["pagerduty", "gateway"])
async def test_reopened_in_pagerduty_is_resolved_there_when_it_ends(loop: Loop, where: str) -> None:
    """PagerDuty shows it open again, no matter where it was resolved: its end is due there too."""
    if where == "pagerduty":
        loop.account.press("resolved")
    else:
        actor = verified_person("ana", "api")
        await loop.world.engine.act(1001, ActionName.RESOLVE, actor, reason="done")
    await loop.until_quiet()
    loop.account.press("reopened")
    await loop.until_quiet()
    before = loop.events()
    await loop.world.post(alert(ends_at=loop.world.now))
    await loop.until_quiet()
    await loop.world.advance(10 * MINUTE)
    await loop.until_quiet()
    assert (await loop.incident()).state is State.RESOLVED
    assert loop.events() == [*before, "resolve"]


async def test_merge_in_pagerduty_resolves_nothing_here(loop: Loop) -> None:
    """The merged incident continues as the other one, whose events are ours from then on."""
    reason = {"type": "merge_resolve_reason", "incident": user("PBIG")}
    loop.account.event("resolved", "PINC1", "PANA", resolve_reason=reason)
    await loop.until_quiet()
    assert (await loop.incident()).state is State.FIRING
    loop.account.event("acknowledged", "PBIG", "PANA")
    await loop.until_quiet()
    assert (await loop.incident()).state is State.ACKNOWLEDGED


async def test_grouped_incident_acknowledges_all_of_ours(loop: Loop) -> None:
    """PagerDuty may group alerts of several incidents into one of its own."""
    await loop.world.post(alert("BillingDatabaseDown"))
    await loop.until_quiet()
    both = [one.keys[0] for one in loop.account.incidents.values()]
    loop.account.incidents["PGROUP"] = type(loop.account.incidents["PINC1"])("PGROUP", both)
    loop.account.press("acknowledged", id_="PGROUP")
    await loop.until_quiet()
    assert (await loop.incident(1001)).ack is not None
    assert (await loop.incident(1002)).ack is not None


async def test_event_is_known_to_the_other_replica_and_after_a_restart(loop: Loop) -> None:
    """The id of an acted upon event is in the database, in the action's own transaction."""
    body = loop.account.press("annotated", "PBEN", content="checking it")
    await loop.until_quiet()
    other = await loop.world.start("replica-2")
    account = other.config.channels["pagerduty"]
    why = await other.vendor_events.record(account, parse_event(orjson.loads(body)))
    assert why == "this event was acted upon before"
    assert len((await loop.incident()).responses.comments) == 1


async def test_two_services_of_an_account_both_get_it(tmp_path: Path) -> None:
    """An event does not say which of them it comes from, and the other one must know."""
    both = """pagerduty:
      - {routing_key: "${PAGERDUTY_BILLING_KEY}"}
      - {routing_key: "${PAGERDUTY_OTHER_KEY}"}"""
    one = 'pagerduty: [{routing_key: "${PAGERDUTY_BILLING_KEY}"}]'
    async with pagerduty_loop(tmp_path, WITH_PAGERDUTY.replace(one, both)) as loop:
        await loop.world.post(alert())
        await loop.until_quiet()
        assert len(loop.account.incidents) == 2
        loop.account.press("acknowledged", "PANA", "PINC1")
        await loop.until_quiet()
        assert loop.to(SLACK).count("acknowledged") == 1
        keys = [x.json["routing_key"] for x in loop.account.accepted if x.method == "POST"]
        assert sorted(keys.count(key) for key in set(keys)) == [2, 2]
