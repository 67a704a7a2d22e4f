"""Which changes an incident shows."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.actor import stated_actor
from gateway.core.incidents.system_change import (
    BEFORE,
    SystemChange,
    changes_from_json,
    changes_to_json,
    recent_changes,
    shares_labels,
)

START = 1_795_000_000.0
CI = stated_actor("program:ci", "api")
ALERT = {"alertname": "PaymentFailures", "service": "billing-api", "environment": "production"}


def change(id_: int = 1, at: float = START - 240.0, **labels: str) -> SystemChange:
    """Return a change four minutes before the start."""
    return SystemChange(id_, at, f"deploy {id_}", "", labels, "", "", at, CI)


def test_shared_label_connects_and_a_different_one_does_not() -> None:
    """At least one label is equal, and none that both have differs."""
    assert shares_labels({"service": "billing-api"}, ALERT)
    assert shares_labels({"service": "billing-api", "repository": "billing"}, ALERT)
    assert not shares_labels({"service": "billing-api", "environment": "staging"}, ALERT)
    assert not shares_labels({"repository": "billing"}, ALERT)
    assert not shares_labels({}, ALERT)


def test_only_changes_of_the_hour_before_are_shown() -> None:
    """A change after the start counts until the incident opens, because alerts wait for it."""
    ages = {1: -BEFORE - 1, 2: -BEFORE, 3: 0.0, 4: 60.0, 5: 61.0}
    changes = [change(id_, START + age, service="billing-api") for id_, age in ages.items()]
    shown = recent_changes(changes, ALERT, START, START + 60.0)
    assert [one.id for one in shown] == [4, 3, 2]


def test_latest_three_are_shown() -> None:
    """A pipeline that deploys each minute does not push the alerts off the screen."""
    changes = [change(n, START - n, service="billing-api") for n in range(1, 20)]
    assert [one.id for one in recent_changes(changes, ALERT, START, START)] == [1, 2, 3]


LABELS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xy"), max_size=3)


@given(LABELS, LABELS)
def test_rule_is_the_same_from_both_sides(one: dict[str, str], other: dict[str, str]) -> None:
    """The rule is symmetric, and every label set without an empty one matches itself."""
    assert shares_labels(one, other) == shares_labels(other, one)
    assert shares_labels(one, one) == bool(one)


def test_shown_changes_survive_storage() -> None:
    """An incident is read as it was written."""
    shown = recent_changes([change(service="billing-api")], ALERT, START, START)
    assert changes_from_json(changes_to_json(shown)) == shown
