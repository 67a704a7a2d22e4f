"""What leaves a lane in which notices have gathered."""

import pytest

from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.queue import QueueStep, next_step

F, A, R, E, L = (
    NoticeKind.FIRING,
    NoticeKind.ACKNOWLEDGED,
    NoticeKind.RESOLVED,
    NoticeKind.ESCALATION,
    NoticeKind.LATE,
)


@pytest.mark.parametrize(
    ("kinds", "notified", "each", "move"),
    [
        # One notice alone.
        ([F], False, False, QueueStep(0, F)),
        ([F], False, True, QueueStep(0, F)),
        ([R], True, False, QueueStep(0, R)),
        # E3: beginning and end in one late notice, also where an incident is kept.
        ([F, R], False, False, QueueStep(1, L, fold=(0,))),
        ([F, A, R], False, True, QueueStep(2, L, fold=(0, 1))),
        ([L], False, False, QueueStep(0, L)),
        # E5: never an end without its beginning.
        ([R], False, False, QueueStep(None, cancel=(0,))),
        ([A, R], False, True, QueueStep(None, cancel=(0, 1))),
        # Promise 4: the newest says it all.
        ([F, A], False, False, QueueStep(1, A, fold=(0,))),
        ([F, E, F], True, False, QueueStep(2, F, fold=(0, 1))),
        ([A, R], True, True, QueueStep(1, R, fold=(0,))),
        # Who keeps an incident of its own hears the beginning before what follows.
        ([F, A], False, True, QueueStep(0, F)),
        ([A, F], False, True, QueueStep(1, F, cancel=(0,))),
        # A test is a test.
        ([NoticeKind.TEST], False, False, QueueStep(0, NoticeKind.TEST)),
    ],
)
def test_next_move(kinds: list[NoticeKind], notified: bool, each: bool, move: QueueStep) -> None:
    """Promise 4, E3, E5: order is kept, nothing stale is sent, no end comes out of nowhere."""
    assert next_step(kinds, notified=notified, each=each) == move


@pytest.mark.parametrize(
    ("kinds", "move"),
    [
        ([A], QueueStep(0, A)),
        ([A, R], QueueStep(1, L, fold=(0,))),
        ([A, F], QueueStep(1, F, fold=(0,))),
    ],
)
def test_who_carries_a_beginning_owes_it(kinds: list[NoticeKind], move: QueueStep) -> None:
    """Promise 14, E3: what tells a beginning in its stead is not cancelled for want of one."""
    assert next_step(kinds, notified=False, each=False, carries=True) == move
