"""The difference between two files: nothing for the same, and exactly what was changed."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.config.load import load
from gateway.core.plan.plan import Plan
from gateway.core.recorded.history import RecordedAction, RecordedAlert
from gateway.simulate.difference import ChangeKind, Difference, difference
from gateway.simulate.impact import impact_of
from gateway.simulate.recording import Recording
from tests.flow.world import DAY, ENV, HOUR, MINUTE, ROUTES, START

NAMES = {
    "DoubleChargeDetected": "critical",
    "PaymentFailures": "warning",
    "NewPriceList": "info",
}
EPISODES = st.lists(
    st.builds(
        lambda name, instance, at, lasts: RecordedAlert(
            {"alertname": name, "severity": NAMES[name], "team": "billing", "instance": instance},
            START + at,
            START + at + lasts,
        ),
        st.sampled_from(sorted(NAMES)),
        st.sampled_from(["db-1", "db-2"]),
        st.floats(0, DAY),
        st.floats(1, 8 * HOUR),
    ),
    max_size=12,
)


def plan_of(routes: str) -> Plan:
    return load(routes, env=ENV, now=START).plan


def compared(after: str, recording: Recording, before: str = ROUTES) -> Difference:
    first, second = (impact_of(plan_of(text), recording) for text in (before, after))
    return difference(first, second)


def one_alert(name: str = "DoubleChargeDetected", lasts: float = 10 * MINUTE) -> Recording:
    labels = {"alertname": name, "severity": NAMES[name], "team": "billing"}
    return Recording(START, START + DAY, [RecordedAlert(labels, START, START + lasts)])


@given(EPISODES)
def test_file_against_itself_shows_nothing(alerts: list[RecordedAlert]) -> None:
    """No alert moves, and no figure of anybody changes."""
    result = compared(ROUTES, Recording(START, START + 2 * DAY, alerts))
    assert result.empty
    assert result.total.messages_before == result.total.messages_after


TO_NOBODY = ROUTES.replace(
    "  - name: everyone", "  - name: nobody\n  - name: everyone"
).replace(
    "  routes:\n",
    "  routes:\n    - {matchers: ['alertname=\"DoubleChargeDetected\"'], receiver: nobody}\n",
)  # fmt: skip


@given(EPISODES)
def test_alerts_of_one_changed_route_are_all_that_differs(alerts: list[RecordedAlert]) -> None:
    """Each alert that the route takes is lost, and no other is touched."""
    result = compared(TO_NOBODY, Recording(START, START + 2 * DAY, alerts))
    taken = {one.labels["instance"] for one in alerts if one.labels["severity"] == "critical"}
    assert sum(one.count for one in result.alerts) == len(taken)
    assert {(one.kind, one.alerts.alertname) for one in result.alerts} <= {
        (ChangeKind.LOST, "DoubleChargeDetected")
    }


def test_urgent_alert_that_nobody_gets_any_more_is_lost() -> None:
    """It says who was notified, by which receiver it is dropped, and in which line."""
    (lost,) = compared(TO_NOBODY, one_alert()).lost
    assert "Ana by email" in lost.before
    assert lost.after == ()
    assert (lost.receivers_before, lost.receivers_after) == (("billing",), ("nobody",))
    assert TO_NOBODY.splitlines()[(lost.route or 0) - 1].endswith("receiver: nobody}")


def test_alert_that_is_not_urgent_becomes_silent() -> None:
    """It does not end the command with 1."""
    routes = TO_NOBODY.replace('alertname="DoubleChargeDetected"', 'alertname="NewPriceList"')
    result = compared(routes, one_alert("NewPriceList"))
    assert [one.kind for one in result.alerts] == [ChangeKind.SILENT]
    assert result.lost == ()


def test_alert_that_nobody_got_before_is_new() -> None:
    """The other way round."""
    result = compared(ROUTES, one_alert(), before=TO_NOBODY)
    assert [one.kind for one in result.alerts] == [ChangeKind.NEW]


def test_repeat_interval_changes_only_figures() -> None:
    """Twice as many repeats: pages of the people who are notified, at night and in all."""
    routes = ROUTES.replace("repeat_interval: 2h}", "repeat_interval: 1h}")
    result = compared(routes, one_alert(lasts=20 * HOUR))
    assert result.alerts == ()
    ana = next(one for one in result.people if one.name == "Ana")
    assert ana.pages_after > 1.8 * ana.pages_before
    assert 0 < ana.night_before < ana.night_after < ana.pages_after


def test_acknowledgement_of_then_stops_the_pages_of_both() -> None:
    """What a person did is done again about the same alerts."""
    recording = one_alert(lasts=20 * HOUR)
    before = impact_of(plan_of(ROUTES), recording)
    alerts = (recording.alerts[0].labels,)
    recording.actions.append(RecordedAction("ack", START + MINUTE, "ana", "link", alerts))
    after = impact_of(plan_of(ROUTES), recording)
    assert sum(after.pages.values()) == 1 < sum(before.pages.values())
