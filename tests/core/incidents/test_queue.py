"""The next step of a queue in which several notices wait."""

import pytest

from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.queue import QueueStep, next_step

F, A, R, E, L, U = (
    NoticeKind.FIRING,
    NoticeKind.ACKNOWLEDGED,
    NoticeKind.RESOLVED,
    NoticeKind.ESCALATION,
    NoticeKind.LATE,
    NoticeKind.UPDATE,
)


@pytest.mark.parametrize(
    ("kinds", "notified", "each", "step"),
    [
        # One notice alone.
        ([F], False, False, QueueStep(0, F)),
        ([F], False, True, QueueStep(0, F)),
        ([R], True, False, QueueStep(0, R)),
        # E3: firing and end in one late notice, also for a target with incidents of its own.
        ([F, R], False, False, QueueStep(1, L, fold=(0,))),
        ([F, A, R], False, True, QueueStep(2, L, fold=(0, 1))),
        ([L], False, False, QueueStep(0, L)),
        # E5: never a resolved notification without a firing one.
        ([R], False, False, QueueStep(None, cancel=(0,))),
        ([A, R], False, True, QueueStep(None, cancel=(0, 1))),
        # Promise 4: the newest notice carries the whole state.
        ([F, A], False, False, QueueStep(1, A, fold=(0,))),
        ([F, E, F], True, False, QueueStep(2, F, fold=(0, 1))),
        ([A, R], True, True, QueueStep(1, R, fold=(0,))),
        # A target with incidents of its own gets the firing notice first.
        ([F, A], False, True, QueueStep(0, F)),
        ([A, F], False, True, QueueStep(1, F, cancel=(0,))),
        # A test is sent as it is.
        ([NoticeKind.TEST], False, False, QueueStep(0, NoticeKind.TEST)),
    ],
)
def test_the_next_step_keeps_the_order(
    kinds: list[NoticeKind], notified: bool, each: bool, step: QueueStep
) -> None:
    """Promise 4, E3, E5: nothing stale is sent, and no end without its firing notice."""
    assert next_step(kinds, notified=notified, each=each) == step


@pytest.mark.parametrize(
    ("kinds", "step"),
    [
        ([A], QueueStep(0, A)),
        ([A, R], QueueStep(1, L, fold=(0,))),
        ([A, F], QueueStep(1, F, fold=(0,))),
    ],
)
def test_a_notice_with_a_folded_firing_one_is_sent(
    kinds: list[NoticeKind], step: QueueStep
) -> None:
    """Promise 14, E3: it is what notifies the target of the firing."""
    assert next_step(kinds, notified=False, each=False, carries=True) == step


@pytest.mark.parametrize(
    ("kinds", "each", "step"),
    [
        ([R], False, QueueStep(None, cancel=(0,))),
        ([F, R], False, QueueStep(1, L, fold=(0,))),
        ([F, R], True, QueueStep(1, L, fold=(0,))),
        ([F, A], True, QueueStep(0, F)),
        ([U], False, QueueStep(0, U)),
        # An event would open PagerDuty's incident again, and nothing would resolve it.
        ([U], True, QueueStep(None, cancel=(0,))),
        ([A, U, R], True, QueueStep(None, cancel=(0, 1, 2))),
        ([U, R], False, QueueStep(0, U, cancel=(1,))),
        ([U, R, U], False, QueueStep(2, U, fold=(0,), cancel=(1,))),
    ],
)
def test_end_that_was_notified_is_not_repeated(
    kinds: list[NoticeKind], each: bool, step: QueueStep
) -> None:
    """E3, E5: after a reopening that did not arrive, a target gets no second end alone."""
    assert next_step(kinds, notified=True, each=each, end_notified=True) == step
