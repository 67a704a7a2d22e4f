"""Expected notices beside what was sent."""

from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.incidents.message import Message
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.plan import Target
from gateway.stories.compare import differences, matches
from gateway.stories.story import ExpectedNotice
from gateway.virtual.recorder import Delivery

ADDRESSES = ["a@example.com", "b@example.com"]
REASONS = [NotifyReason.FIRST, NotifyReason.REPEAT]


def delivery(address: str, reason: NotifyReason, at: float = 0.0, **facts: Any) -> Delivery:
    """Return a message that was sent."""
    message = Message(
        1, 1001, NoticeKind.FIRING, reason, "firing", "critical", 1, "key", {}, (), facts
    )
    return Delivery(at, Target("email", address), message)


DELIVERIES = st.lists(st.builds(delivery, st.sampled_from(ADDRESSES), st.sampled_from(REASONS)))
EXPECTED = st.lists(
    st.builds(
        ExpectedNotice,
        line=st.just(1),
        to=st.sampled_from([None, *ADDRESSES]),
        reason=st.sampled_from([None, "first", "repeat"]),
    )
)


@given(EXPECTED.filter(lambda it: len(it) < 6), DELIVERIES.filter(lambda it: len(it) < 6))
def test_lists_are_equal_if_any_order_pairs_them(
    expected: list[ExpectedNotice], sent: list[Delivery]
) -> None:
    """A vague expectation does not take the message that a precise one needs."""
    by_brute_force = len(expected) == len(sent) and any(
        all(matches(one, other, 0.0) for one, other in zip(expected, order, strict=True))
        for order in permutations(sent)
    )
    assert (not differences(sent, 0.0, 0.0, 1, expected, ())) == by_brute_force


def test_each_expectation_of_some_needs_its_own_message() -> None:
    """Two expected messages are not satisfied by one."""
    some = [ExpectedNotice(1, reason="first"), ExpectedNotice(2, reason="first")]
    (differing,) = differences([delivery("a@example.com", NotifyReason.FIRST)], 0, 0, 1, None, some)
    assert (differing.line, differing.text) == (2, "not sent: reason first")


def test_within_counts_from_the_step_before() -> None:
    """A message that comes a moment too late differs."""
    late = [delivery("a@example.com", NotifyReason.FIRST, at=160.0)]
    for within, count in ((60.0, 0), (59.0, 1)):
        some = [ExpectedNotice(1, within=within)]
        assert len(differences(late, 100.0, 200.0, 1, None, some)) == count
