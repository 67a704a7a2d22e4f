"""Actions through the whole flow: stored, announced once, and undone."""

from collections.abc import AsyncIterator

import pytest

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.decide.result import ActionOutcome, ActionResult
from gateway.core.incidents.incident import SUPPRESSED, Member, State
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.manual_page import PageRefusedError
from gateway.store.state import members
from tests.flow.world import HOUR, MINUTE, ROUTES, World, alert

TEAMS = """
teams:
  billing: {name: Billing, matchers: ['team="billing"'], members: [ana]}
  platform: {name: Platform, matchers: ['team=~"platform.*"']}
"""


@pytest.fixture
async def teams(database_url: str) -> AsyncIterator[World]:
    """A world with teams."""
    world = World(database_url, ROUTES + TEAMS)
    await world.start()
    yield world
    await world.close()


async def act(
    world: World, name: ActionName, number: int = 1001, **arguments: object
) -> ActionOutcome:
    """Act as Ben, who uses a signed link; return the outcome."""
    result = await acted(world, name, number, **arguments)
    return result.answer


async def acted(
    world: World, name: ActionName, number: int = 1001, **arguments: object
) -> ActionResult:
    """Act as Ben and return the whole result."""
    other = arguments.pop("other", None)
    assert other is None or isinstance(other, int)
    ben = verified_person("ben", "link")
    return await world.engine.act(number, name, ben, other, **arguments)


async def test_comment_edits_slack_and_mails_nobody(world: World) -> None:
    """A comment is shown where messages can be edited, and disturbs nobody."""
    await world.post(alert())
    await world.advance(MINUTE)
    assert await act(world, ActionName.COMMENT, text="refunds run") is ActionOutcome.COMMENTED
    messages = await world.advance(1.0)
    assert [(d.to, d.kind) for d in messages] == [("slack:#billing-alerts", "update")]
    assert "refunds run" in messages[0].message.parts["text"]


async def test_comment_behind_an_unsent_page_pages(world: World) -> None:
    """While Slack is down a comment joins the page that waits, and does not replace it."""
    world.break_channel("slack", lambda: SendError(Failure.CONNECTION, "down"))
    await world.post(alert())
    await world.advance(1.0)
    await act(world, ActionName.COMMENT, text="on it")
    world.mend("slack")
    messages = [d for d in await world.advance(5 * MINUTE) if d.channel == "slack"]
    assert (messages[0].kind, messages[0].reason) == ("firing", "first")
    assert "on it" in messages[0].message.parts["text"]


async def test_resolved_manually_opens_again_when_alerts_fire_on(world: World) -> None:
    """The incident of the same number opens again after reopen_after, and notifies everyone."""
    await world.post(alert())
    await world.advance(MINUTE)
    assert await act(world, ActionName.RESOLVE, reason="done") is ActionOutcome.CLOSED
    ends = await world.advance(MINUTE)
    assert {d.kind for d in ends} == {"resolved"}
    await world.post(alert())
    again = await world.advance(5 * MINUTE)
    assert {d.reason for d in again} >= {"reopened"}
    assert {d.incident for d in again} == {1001}
    assert (await world.incident()).state is State.FIRING


async def test_alerts_that_fire_on_join_the_later_incident_of_their_group(world: World) -> None:
    """If the group opens another incident in the meantime, the alerts that fire on belong to it."""
    await world.post(alert(instance="a"), alert(instance="b"))
    await world.advance(MINUTE)
    await act(world, ActionName.RESOLVE, reason="done")
    await world.post(alert(instance="c"))
    await world.advance(10 * MINUTE)
    assert (await world.incident(1001)).state is State.RESOLVED
    later = await world.incident(1002)
    assert later.state is State.FIRING
    assert later.previous is not None
    assert (later.previous.number, later.previous.lately) == (1001, 1)
    assert len(await members_of(world, 1002)) == 3


async def test_reopening_is_refused_while_the_group_has_a_later_incident(world: World) -> None:
    """A group has one open incident: the refusal names it."""
    await world.post(alert())
    await world.advance(MINUTE)
    await act(world, ActionName.RESOLVE)
    await world.post(alert(instance="db-2"))
    result = await acted(world, ActionName.REOPEN)
    assert result.answer is ActionOutcome.REFUSED
    assert "belong to incident #1002 now" in result.why
    await world.advance(HOUR)
    assert not (await world.incident(1001)).open
    assert (await world.incident(1002)).open


async def test_two_resolved_incidents_of_a_group_open_one_again(world: World) -> None:
    """Both are due at once after an outage: one opens again, with the alerts of both."""
    await world.post(alert())
    await world.advance(MINUTE)
    await act(world, ActionName.RESOLVE)
    await world.post(alert(instance="db-2"))
    await act(world, ActionName.RESOLVE, 1002)
    world.now += HOUR
    await world.settle()
    states = [(await world.incident(number)).open for number in (1001, 1002)]
    assert sorted(states) == [False, True]


async def test_page_without_alert_notifies_at_once_and_ends_with_its_incident(teams: World) -> None:
    """An incident opened by hand pages without group_wait, and does not open again."""
    world = teams
    dee = verified_person("dee", "cli")
    (opened,) = await world.engine.manual_pages.open(dee, "customers cannot pay", "billing")
    messages = await world.advance(1.0)
    assert {d.reason for d in messages} == {"first"}
    assert "customers cannot pay" in messages[0].message.parts["subject"]
    assert (opened.team, opened.receiver, opened.severity) == ("billing", "billing", "critical")
    await world.advance(2 * HOUR)
    await act(world, ActionName.RESOLVE, opened.number, reason="a false alarm")
    await world.advance(1.0)
    assert await world.advance(24 * HOUR) == []
    assert (await world.incident(opened.number)).state is State.RESOLVED


async def test_two_pages_are_two_alerts(teams: World) -> None:
    """A second page does not vanish in the first one."""
    world = teams
    dee = verified_person("dee", "cli")
    for text in ("customers cannot pay", "refunds fail"):
        await world.engine.manual_pages.open(dee, text, "billing")
        messages = await world.advance(1.0)
        assert [d.to for d in messages if d.channel == "slack"]
    assert len(await members_of(world, 1001)) == 2


@pytest.mark.parametrize(
    ("team", "severity", "labels", "field"),
    [
        ("biling", None, {}, "team"),
        ("billing", "urgent", {}, "severity"),
        ("platform", None, {"team": "billing"}, "labels"),
        (None, None, {"": "x"}, "labels"),
    ],
)
async def test_page_that_cannot_be_routed_is_refused(
    teams: World, team: str | None, severity: str | None, labels: dict[str, str], field: str
) -> None:
    """Unknown teams and severities, and labels of another team, are refused with the field."""
    world = teams
    dee = verified_person("dee", "cli")
    with pytest.raises(PageRefusedError) as caught:
        await world.engine.manual_pages.open(dee, "x", team, severity, labels)
    assert caught.value.field == field


async def members_of(world: World, number: int) -> list[Member]:
    """Return the alerts of an incident."""
    stored = await world.engine.store.read(lambda tx: members.by_incident(tx, [number]))
    return stored[number]


async def two_incidents(world: World) -> None:
    """Open 1001 and 1002, both notified."""
    await world.post(alert("DoubleChargeDetected"), alert("PaymentErrors"))
    await world.advance(MINUTE)


async def test_merged_incident_notifies_through_the_other(world: World) -> None:
    """After a merge new alerts of the merged group are notified as the other incident."""
    await two_incidents(world)
    assert await act(world, ActionName.MERGE, 1002, other=1001) is ActionOutcome.MERGED
    await world.advance(MINUTE)
    assert (await world.incident(1002)).list_state == SUPPRESSED
    await world.ack(1001)
    await world.advance(MINUTE)
    await world.post(alert("PaymentErrors", instance="b"))
    messages = await world.advance(10 * MINUTE)
    assert {d.incident for d in messages} == {1001}
    assert {d.reason for d in messages} == {"new alerts"}


async def test_action_on_a_merged_incident_is_one_on_the_other(world: World) -> None:
    """The link of an old message acknowledges what it was merged into."""
    await two_incidents(world)
    await act(world, ActionName.MERGE, 1002, other=1001)
    result = await world.ack(1002)
    assert (result.answer, result.incident.number) == (ActionOutcome.DONE, 1001)


async def test_comment_on_a_merged_incident_is_one_on_the_other(world: World) -> None:
    """A reply to an old message reaches those who work on it, and its closed message stays so."""
    await two_incidents(world)
    await act(world, ActionName.MERGE, 1002, other=1001)
    await world.advance(MINUTE)
    await act(world, ActionName.COMMENT, 1002, text="refunds run")
    messages = await world.advance(1.0)
    assert {(d.incident, d.kind) for d in messages} == {(1001, "update")}
    assert [one.text for one in (await world.incident(1001)).responses.comments] == ["refunds run"]


async def test_merged_incidents_end_together(world: World) -> None:
    """The other one resolves when the alerts of both have ended, and then both are resolved."""
    await two_incidents(world)
    await act(world, ActionName.MERGE, 1002, other=1001)
    await world.advance(MINUTE)
    await world.post(alert("DoubleChargeDetected", ends_at=world.now))
    await world.advance(10 * MINUTE)
    assert (await world.incident(1001)).open
    await world.post(alert("PaymentErrors", ends_at=world.now))
    messages = await world.advance(10 * MINUTE)
    assert {(d.incident, d.kind) for d in messages} >= {(1001, "resolved")}
    assert 1002 not in {d.incident for d in messages}
    assert not (await world.incident(1001)).open
    assert not (await world.incident(1002)).open


async def test_unmerged_incident_notifies_by_itself(world: World) -> None:
    """After the undo both notify again, each of its own alerts."""
    await two_incidents(world)
    await act(world, ActionName.MERGE, 1002, other=1001)
    await world.advance(MINUTE)
    assert await act(world, ActionName.UNMERGE, 1002) is ActionOutcome.UNMERGED
    messages = await world.advance(MINUTE)
    assert {(d.incident, d.reason) for d in messages} >= {(1002, "unmerged")}
    assert (await world.incident(1001)).responses.merged == ()
    await world.post(alert("PaymentErrors", ends_at=world.now))
    messages = await world.advance(10 * MINUTE)
    assert {(d.incident, d.kind) for d in messages} == {(1002, "resolved")}


async def test_merge_of_resolved_or_merged_incidents_is_refused(world: World) -> None:
    """The reason says what to do instead."""
    await two_incidents(world)
    assert await act(world, ActionName.MERGE, 1001, other=1001) is ActionOutcome.REFUSED
    await act(world, ActionName.MERGE, 1002, other=1001)
    again = await acted(world, ActionName.MERGE, 1002, other=1001)
    assert "unmerge it first" in again.why
    into = await acted(world, ActionName.MERGE, 1001, other=1002)
    assert "itself merged" in into.why


async def test_merge_resolved_manually_reopens_both(world: World) -> None:
    """If alerts of the merged incident fire on, both open again, still merged."""
    await two_incidents(world)
    await act(world, ActionName.MERGE, 1002, other=1001)
    await act(world, ActionName.RESOLVE, 1001, reason="done")
    assert not (await world.incident(1002)).open
    await world.advance(6 * MINUTE)
    first, second = await world.incident(1001), await world.incident(1002)
    assert (first.open, second.open) == (True, True)
    assert second.responses.merged_into == 1001


async def test_merged_incident_stays_ended_when_another_of_its_group_opens_again(
    world: World,
) -> None:
    """Both are due at once after an outage; the alerts of the group are in the one that opens."""
    await two_incidents(world)
    await act(world, ActionName.MERGE, 1002, other=1001)
    await act(world, ActionName.RESOLVE, 1001)
    await world.post(alert("PaymentErrors", instance="b"))
    await act(world, ActionName.RESOLVE, 1003)
    world.now += HOUR
    await world.settle()
    assert [(await world.incident(number)).open for number in (1001, 1002, 1003)].count(True) == 2
    await world.post(alert("PaymentErrors", instance="c"))
    await world.advance(HOUR)


async def test_linked_incidents_are_stored_on_both(world: World) -> None:
    """A link is seen from each side."""
    await two_incidents(world)
    assert await act(world, ActionName.LINK, 1002, other=1001) is ActionOutcome.LINKED
    assert (await world.incident(1001)).responses.related == (1002,)
    assert (await world.incident(1002)).responses.related == (1001,)


async def test_changed_team_is_stored(teams: World) -> None:
    """An incident given to another team belongs to it from then on, after further decisions too."""
    await teams.post(alert())
    await teams.advance(MINUTE)
    assert await act(teams, ActionName.TEAM, team="platform") is ActionOutcome.TEAM_CHANGED
    assert (await teams.incident()).team == "platform"
    await teams.advance(3 * HOUR)
    assert (await teams.incident()).team == "platform"
