"""The table of transitions, compared with the decisions of random simulations."""

import pytest

from gateway.config.export import incident_states
from gateway.core.decide.result import Decision
from gateway.core.decide.transitions import TRANSITIONS, Recipients
from gateway.core.incidents.incident import Incident, State
from gateway.core.incidents.notice import NotifyReason
from gateway.core.plan.plan import Plan
from gateway.core.plan.recipients import person_targets, step_targets
from tests.core.decide.test_random_groups import play
from tests.core.group_simulation import START, GroupSimulation


def test_every_notify_reason_is_in_the_table() -> None:
    """Each reason has a row in the table, except those of the outbox, shifts and reports."""
    events = {reason for _, reason in TRANSITIONS}
    assert set(NotifyReason) - events == {
        NotifyReason.DIGEST,
        NotifyReason.TEST,
        NotifyReason.SHIFT_BEGINS,
        NotifyReason.HANDOVER,
        NotifyReason.SHIFTS_CHANGED,
        NotifyReason.ON_CALL_CHANGED,
        NotifyReason.SWAP_ASKED,
        NotifyReason.SWAP_ANSWERED,
        NotifyReason.SCHEDULED,
    }


def _allowed_targets(to: Recipients, before: Incident, plan: Plan) -> set[str]:
    """Return the keys of the targets that an event sent `to` these recipients may reach."""
    steps = [step for one in plan.escalations.values() for step in one.steps]
    by_recipients = {
        Recipients.NOTIFIED: before.notified_targets,
        Recipients.FALLBACK: [t.key for t in plan.receivers["billing"].targets],
        Recipients.STEP: [t.key for step in steps for t in step_targets(plan, step, START).targets],
    }
    receiver = [target.key for target in plan.receivers[before.receiver].targets]
    by_recipients[Recipients.GROUP] = [*receiver, *by_recipients[Recipients.STEP]]
    return set(by_recipients[to])


def test_random_groups_notify_as_the_table_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each notice has the kind and a recipient of its event in the state before the evaluation.

    The first step of an escalation is a first notification, and the owner of an acknowledgement
    that expires is notified too.
    """
    evaluations: list[tuple[Plan, Incident, Decision]] = []
    apply = GroupSimulation._apply

    def recorded(group: GroupSimulation, key: str, decision: Decision) -> None:
        evaluations.append((group.plan, group.incidents[key], decision))
        apply(group, key, decision)

    monkeypatch.setattr(GroupSimulation, "_apply", recorded)
    for seed in range(60):
        play(seed)
    reasons = set()
    for plan, before, decision in evaluations:
        expired = NotifyReason.ACK_EXPIRED in decision.reasons
        worse = NotifyReason.WORSE in decision.reasons
        for notice in decision.notices:
            # After either of the two the other events of the evaluation happen while firing.
            states = {before.state, State.FIRING} if expired or worse else {before.state}
            rows = [r for one in states if (r := TRANSITIONS.get((one, notice.reason)))]
            assert notice.kind in {row.kind for row in rows}, (before.state, notice)
            allowed = {key for row in rows for key in _allowed_targets(row.to, before, plan)}
            if notice.reason is NotifyReason.ACK_EXPIRED and before.ack:
                allowed |= {t.key for t in person_targets(plan, plan.people[before.ack.by])}
            assert notice.target.key in allowed, (before.state, notice)
            reasons.add(notice.reason)
    assert len(reasons) >= 12, "too few reasons to compare"


def test_page_of_incident_states_is_current() -> None:
    """docs/incident-states.md equals the table; `make docs` writes it."""
    assert incident_states.SHIPPED.read_text(encoding="utf-8") == incident_states.page()
