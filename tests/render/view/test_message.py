"""What stands in a message besides the words, and which links it shows."""

import copy

import pytest

from gateway.core.incidents.message import Link
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.plan import Target
from gateway.render.request import RenderRequest
from gateway.render.samples import LINKS, facts_for, group, sample, samples
from gateway.render.view.links import links_from
from tests.render.rendering import SHIPPED, message_of

TARGET = Target("console", "x")


def test_the_message_carries_what_channels_need() -> None:
    """State, severity and rank come from the facts, kind and reason from the notice."""
    message = message_of(sample(NoticeKind.REPEAT, "warning"), "slack")
    assert (message.notice_id, message.incident) == (7, 1042)
    assert (message.kind, message.reason) == (NoticeKind.REPEAT, NotifyReason.REPEAT)
    assert (message.status, message.severity, message.rank) == ("firing", "warning", 2)


def test_the_dedup_key_is_the_incidents() -> None:
    """E14: one key for firing, acknowledged and resolved, another for another incident."""
    keys = {
        message_of(sample(kind), "pagerduty").dedup_key
        for kind in (NoticeKind.FIRING, NoticeKind.REPEAT)
    }
    keys.add(message_of(sample(NoticeKind.RESOLVED), "pagerduty").dedup_key)
    assert len(keys) == 1
    other = group(1) | {"incident": 1043}
    long = group(1) | {"group_key": "x" * 5000}
    for facts in (other, long):
        key = SHIPPED.render(RenderRequest(1, facts, TARGET, ())).dedup_key
        assert key not in keys
        assert len(key) <= 255


def test_links_come_in_the_order_of_use() -> None:
    """Links are sorted: first actions, then what to read."""
    shuffled = tuple(reversed(LINKS))
    message = SHIPPED.render(RenderRequest(1, sample().facts, TARGET, ("text",), shuffled))
    roles = [link.role for link in message.links]
    assert roles == ["acknowledge", "runbook", "incident", "dashboard", "source"]
    text = message.parts["text"]
    assert text.index("Acknowledge: ") < text.index("Runbook: ") < text.index("Source: ")


@pytest.mark.parametrize("kind", [NoticeKind.RESOLVED, NoticeKind.ACKNOWLEDGED])
def test_nobody_is_asked_to_acknowledge_in_vain(kind: NoticeKind) -> None:
    """What is over, or what somebody has, needs no acknowledgement."""
    message = message_of(sample(kind), "email")
    assert "acknowledge" not in {link.role for link in message.links}
    assert "/ack/" not in message.parts["html"] + message.parts["text"]


def test_links_of_an_alert() -> None:
    """Runbook and dashboard from the annotations, the source from the first alert."""
    facts = group(2)
    facts["common_annotations"]["dashboard_url"] = "https://grafana.example.com/d/x"
    assert [(link.role, link.url) for link in links_from(facts)] == [
        ("runbook", "https://runbooks.example.com/billing/double-charge"),
        ("dashboard", "https://grafana.example.com/d/x"),
        ("source", "https://prometheus.example.com/graph?g0.expr=up&g0.tab=1"),
    ]


def test_a_runbook_that_not_all_alerts_share_is_still_linked() -> None:
    """The first alert that has one gives it."""
    facts = group(2) | {"common_annotations": {}}
    facts["alerts"][0]["annotations"] = {"summary": "x"}
    facts["alerts"][1]["annotations"] = {"runbook": "https://runbooks.example.com/two"}
    assert links_from(facts)[0] == Link("runbook", "Runbook", "https://runbooks.example.com/two")


@pytest.mark.parametrize("each", samples(), ids=lambda each: each.name)
def test_links_of_any_facts_are_safe(each: object) -> None:
    """E17: an annotation that is no http address is no link."""
    for link in links_from(each.facts):  # type: ignore[attr-defined]
        assert link.url.startswith(("https://", "http://"))
    assert links_from({"alerts": [3, None], "common_annotations": "x"}) == []


def test_sharing_between_targets_changes_no_word() -> None:
    """The cache between renderings never mixes person, zone or note."""
    facts = facts_for(NoticeKind.ESCALATION, "critical")
    noted = copy.deepcopy(facts) | {"note": "slack could not be reached"}

    def text(facts: dict[str, object], person: str | None, zone: str) -> str:
        target = Target("console", "x", person=person)
        kind, reason = NoticeKind.ESCALATION, NotifyReason.ESCALATION
        message = SHIPPED.render(RenderRequest(1, facts, target, ("text",), (), zone, kind, reason))
        return message.parts["text"]

    first = text(facts, "ana", "Europe/Berlin")
    assert "You are step 2 of 3" in first
    assert "This is step 2 of 3" in text(facts, None, "Europe/Berlin")
    assert "04:50 CET" in first
    assert "03:50 UTC" in text(facts, "ana", "UTC")
    assert "Slack could not be reached." in text(noted, "ana", "Europe/Berlin")
    assert text(copy.deepcopy(facts), "ana", "Europe/Berlin") == first


def test_facts_are_left_as_they_were() -> None:
    """They are frozen: they may be rendered again tomorrow."""
    for each in samples():
        before = copy.deepcopy(each.facts)
        message_of(each, "email")
        assert each.facts == before
