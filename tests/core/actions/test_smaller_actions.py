"""Comments, longer acknowledgements, ratings, teams and links."""

from dataclasses import replace
from functools import partial

from gateway.core.actions.acknowledge import acknowledge
from gateway.core.actions.comment import LONGEST_COMMENT, comment
from gateway.core.actions.extend import extend
from gateway.core.actions.rate import rate
from gateway.core.actions.relate import link, unlink
from gateway.core.actions.team import change_team
from gateway.core.decide.result import ActionOutcome
from gateway.core.incidents.responses import LONGEST_EXCERPT, MOST_COMMENTS
from gateway.core.plan.team import Team
from tests.core.group_simulation import (
    HOUR,
    MINUTE,
    GroupSimulation,
    billing_plan,
    notices_to,
    summary,
)


def notified() -> GroupSimulation:
    """Return an incident a minute after its first notification."""
    group = GroupSimulation()
    group.fire("DoubleChargeDetected")
    group.advance(MINUTE)
    return group


def test_comment_is_a_quiet_update_and_reaches_the_next_message() -> None:
    """A comment disturbs nobody, and messages after it carry it."""
    group = notified()
    group.act(acknowledge, "ana")
    before = len(group.notices)
    assert group.act(partial(comment, text="refund runs"), "ben") is ActionOutcome.COMMENTED
    assert {one.quiet for one in group.notices[before:]} == {True}
    group.resolve("DoubleChargeDetected")
    group.advance(10 * MINUTE)
    facts = group.decisions[-1].facts
    assert facts is not None
    assert [(one["name"], one["text"]) for one in facts["comments"]] == [("Ben", "refund runs")]


def test_messages_carry_the_last_comments_cut_to_a_length() -> None:
    """A long discussion cannot make messages grow without end."""
    group = notified()
    for number in range(5):
        group.act(partial(comment, text=f"{number}" * 1000), "ana")
    last = group.incident.responses.comments
    assert [one.text[0] for one in last] == ["2", "3", "4"]
    assert len(last) == MOST_COMMENTS
    assert {len(one.text) for one in last} == {LONGEST_EXCERPT}


def test_comment_on_a_resolved_incident_is_stored() -> None:
    """What is written after the end belongs to the story, too."""
    group = notified()
    group.resolve("DoubleChargeDetected")
    group.advance(10 * MINUTE)
    assert group.act(partial(comment, text="cause: a retry"), "ana") is ActionOutcome.COMMENTED
    assert group.advance(HOUR) == []


def test_empty_and_endless_comments_are_refused() -> None:
    """The answer names the field and the limit."""
    group = notified()
    assert group.act(partial(comment, text="  "), "ana") is ActionOutcome.REFUSED
    assert group.act(partial(comment, text="x" * (LONGEST_COMMENT + 1)), "ana") == "refused"
    assert (group.last.field, "10000" in group.last.why) == ("text", True)


def test_extended_acknowledgement_expires_later_and_reminds_again() -> None:
    """The holder gains the whole time again, and is reminded before the new end."""
    group = notified()
    group.act(acknowledge, "ana")
    assert notices_to(group.advance(3.9 * HOUR), "email:ana@example.com")[0][1] == (
        "acknowledgement expires soon"
    )
    assert group.act(extend, "ana") is ActionOutcome.EXTENDED
    assert [why for _, why in summary(group.advance(4 * HOUR - 1))] == [
        "acknowledgement expires soon"
    ]
    assert next(why for _, why in summary(group.advance(2.0))) == "acknowledgement expired"


def test_acknowledgement_is_not_shortened_by_extending() -> None:
    """A time before the present end is refused and says when that is."""
    group = notified()
    group.act(acknowledge, "ana")
    until = group.now + MINUTE
    assert group.act(partial(extend, until=until), "ana") is ActionOutcome.REFUSED
    assert group.last.field == "until"
    assert "already holds until" in group.last.why


def test_extending_nothing_is_refused() -> None:
    """Only an acknowledgement can be extended."""
    assert notified().act(extend, "ana") is ActionOutcome.NOT_ACKNOWLEDGED


def test_rating_replaces_the_persons_earlier_one_and_notifies_nobody() -> None:
    """Each person has one opinion, which can be taken back."""
    group = notified()
    before = len(group.notices)
    assert group.act(partial(rate, useful=True), "ana") is ActionOutcome.USEFUL
    assert group.act(partial(rate, useful=False), "ana") is ActionOutcome.NOISE
    assert group.act(partial(rate, useful=False), "ben") is ActionOutcome.NOISE
    assert [(one.by, one.useful) for one in group.incident.responses.ratings] == [
        ("ana", False),
        ("ben", False),
    ]
    assert group.act(partial(rate, useful=None), "ana") is ActionOutcome.UNRATED
    assert group.incident.responses.rating_of("ana") is None
    assert len(group.notices) == before


def test_team_is_changed_to_a_declared_one() -> None:
    """An incident can be given to another team; an unknown team is refused with the nearest."""
    teams = {name: Team(name, name.title(), ()) for name in ("billing", "platform")}
    group = GroupSimulation(billing_plan(teams=teams))
    group.fire("DoubleChargeDetected")
    group.advance(MINUTE)
    assert group.act(partial(change_team, team="platform"), "ana") is ActionOutcome.TEAM_CHANGED
    assert group.incident.team == "platform"
    assert group.act(partial(change_team, team="biling"), "ana") is ActionOutcome.REFUSED
    assert "did you mean billing?" in group.last.why


def test_linked_incidents_show_each_other() -> None:
    """A link and its undoing change both incidents."""
    group = notified()
    other = replace(group.incident, number=7)
    assert group.act(partial(link, other=other), "ana") is ActionOutcome.LINKED
    assert group.incident.responses.related == (7,)
    counterpart = group.last.other
    assert counterpart is not None
    assert counterpart.incident.responses.related == (group.incident.number,)
    assert group.act(partial(unlink, other=counterpart.incident), "ana") is ActionOutcome.UNLINKED
    assert group.incident.responses.related == ()
    assert group.act(partial(unlink, other=other), "ana") is ActionOutcome.REFUSED
    assert group.act(partial(link, other=group.incident), "ana") is ActionOutcome.REFUSED
