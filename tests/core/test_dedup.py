"""A receiver is told again only when there is something new, and with the reason."""

from typing import Any

import pytest

from gateway.core.dedup import should_notify

TOLD = {
    "told_firing": {"a", "b"},
    "told_resolved": {"c"},
    "told_at": 1000.0,
    "firing": {"a", "b"},
    "resolved": {"c"},
    "repeat_interval": 600.0,
    "send_resolved": True,
    "now": 1100.0,
}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"told_firing": None}, "first"),
        ({"told_firing": None, "firing": set()}, None),
        ({"firing": {"a", "b", "d"}}, "new alerts"),
        ({"firing": {"a"}}, None),
        ({"firing": {"a"}, "resolved": {"b", "c"}}, "some resolved"),
        ({"firing": {"a"}, "resolved": {"b", "c"}, "send_resolved": False}, None),
        ({"firing": set(), "resolved": {"a", "b"}}, "resolved"),
        ({"firing": set(), "resolved": {"a", "b"}, "send_resolved": False}, "resolved"),
        ({"told_firing": set(), "firing": set(), "resolved": {"x"}, "now": 9999.0}, None),
        ({"now": 1600.0}, None),
        ({"now": 1600.1}, "repeat"),
        ({"told_at": None}, "repeat"),
        ({"now": 1600.1, "firing": {"d"}}, "new alerts"),
    ],
)
def test_the_reason_to_tell_again(change: dict[str, Any], reason: str | None) -> None:
    """Every notice has its reason, and nothing new is no reason (Promise 2)."""
    assert should_notify(**{**TOLD, **change}) == reason


def test_what_a_receiver_never_heard_of_does_not_end_for_it() -> None:
    """Alerts that fired and ended unseen are not announced as resolved (Promise 14, E5)."""
    unseen = {"told_firing": set(), "firing": set(), "resolved": {"x"}}
    assert should_notify(**{**TOLD, **unseen}) is None
    assert should_notify(**{**TOLD, **unseen, "told_firing": None}) is None
