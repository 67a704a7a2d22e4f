"""Handovers: what both sides are notified of, and who is on call now.

It runs in the transaction that records a change of duty, so each change is announced once.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.matching.text import write_matchers
from gateway.core.oncall.history import DutyChange
from gateway.core.oncall.rota import explain, next_change
from gateway.core.plan.plan import Plan
from gateway.core.plan.rota_receivers import receivers_of_rota
from gateway.flow.shifts.messages import ShiftMessage, notify_person, notify_targets, rota_subject
from gateway.store import Tx
from gateway.store.queries import handover
from gateway.store.state import duty, silences

WEEK = 7 * 86400.0

TOO_LATE = 86400.0
"""Seconds after which a change is only announced, because its handover is long over."""

LONGEST_GAP = 2 * WEEK
"""Seconds of an allowed gap after which the same people get a handover again: holidays are over."""

MOST_INCIDENTS = 20
MOST_SILENCES = 10
"""Items that a summary lists. Each is read and rendered in the transaction of the change."""


class Handovers:
    """Queues the messages about changes of duty. Called in the writer's thread."""

    def __init__(self, plan: Callable[[], Plan]) -> None:
        self._plan = plan

    def announce(self, tx: Tx, changes: Sequence[DutyChange], now: float) -> None:
        """Notify both sides and the rota's receiver of the latest change of each rota.

        The first record of a rota is no handover: nobody was known to be on call. Neither is an
        allowed gap, such as a night, after which the same people are on call again.
        """
        plan = self._plan()
        latest = {change.rota: change for change in changes}
        for change in latest.values():
            before = _people_before(change, changes)
            if before is None or set(before) == set(change.people):
                continue
            if _is_pause(tx, plan, change, before):
                continue
            if change.rota in plan.rotas and now - change.at < TOO_LATE:
                _summarise(tx, plan, change, before, now)
            _announce(tx, plan, change, before, now)


def _people_before(change: DutyChange, changes: Sequence[DutyChange]) -> tuple[str, ...] | None:
    """Return who was on call before the first of the changes of the same rota."""
    return next(one.before for one in changes if one.rota == change.rota)


def _is_pause(tx: Tx, plan: Plan, change: DutyChange, before: tuple[str, ...]) -> bool:
    """Return whether an allowed gap begins or ends between two shifts of the same people."""
    rota = plan.rotas.get(change.rota)
    if rota is None or not rota.gaps_allowed:
        return False
    if not change.people:
        return set(explain(rota, change.at).next_people) == set(before)
    return not before and set(_people_before_gap(tx, change)) == set(change.people)


def _people_before_gap(tx: Tx, change: DutyChange) -> tuple[str, ...]:
    """Return who was on call last before a gap that ends with the change."""
    history = duty.history(tx, change.rota, change.at - LONGEST_GAP, change.at)
    earlier = [one.people for one in history.records if one.started_at < change.at and one.people]
    return earlier[-1] if earlier else ()


def _announce(tx: Tx, plan: Plan, change: DutyChange, before: tuple[str, ...], now: float) -> None:
    news = plan.on_call_news.get(change.rota)
    receiver = plan.receivers.get(news.announce or "") if news else None
    if receiver is None:
        return
    shift = {
        "rota": change.rota,
        "people": [plan.name_of(one) for one in change.people],
        "before": [plan.name_of(one) for one in before],
    }
    message = ShiftMessage(
        rota_subject(change.rota), NoticeKind.ON_CALL, NotifyReason.ON_CALL_CHANGED, shift
    )
    notify_targets(tx, receiver.targets, message, now)


def _summarise(tx: Tx, plan: Plan, change: DutyChange, before: tuple[str, ...], now: float) -> None:
    """Send the state of the rota's incidents to those who come and those who go."""
    state = _state(tx, plan, change.rota, now)
    names = {"people": change.people, "before": before}
    shift = {key: [plan.name_of(one) for one in people] for key, people in names.items()}
    ends_at = next_change(plan.rotas[change.rota], now)
    for people, side in ((before, "ends"), (change.people, "begins")):
        others = change.people if side == "ends" else before
        for person in people:
            if person in others:
                continue
            content = {**state, **shift, "rota": change.rota, "side": side}
            if side == "begins" and ends_at < float("inf"):
                content["ends_at"] = ends_at
            message = ShiftMessage(
                rota_subject(change.rota), NoticeKind.HANDOVER, NotifyReason.HANDOVER, content
            )
            notify_person(tx, plan, person, message, now)


def _state(tx: Tx, plan: Plan, rota: str, now: float) -> Mapping[str, Any]:
    receivers = receivers_of_rota(plan, rota)
    incidents = handover.open_incidents(tx, receivers, MOST_INCIDENTS)
    active = [one for one in silences.ending_after(tx, now) if one.starts_at <= now]
    return {
        "incidents": [
            {
                "number": one.incident.number,
                "title": one.title,
                "severity": one.incident.severity,
                "status": one.incident.state.value,
                "holder": plan.name_of(one.incident.ack.by) if one.incident.ack else "",
            }
            for one in incidents
        ],
        "more": max(0, handover.count_open(tx, receivers) - len(incidents)),
        "silences": [
            {
                "matchers": write_matchers(one.matchers),
                "comment": one.comment,
                "by": plan.name_of(one.created_by),
                "ends_at": one.ends_at,
            }
            for one in active[:MOST_SILENCES]
        ],
        "week": handover.counts_since(tx, receivers, now - WEEK)._asdict(),
    }
