"""Figures of incidents: counts, spreads, groups and the noisiest alerts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.plan.plan import Plan, Receiver, Severity
from gateway.core.report import spread
from gateway.core.report.facts import Acknowledgement, Facts, IncidentFacts
from gateway.core.report.figures import Tally
from gateway.core.report.report import ReportBuilder
from gateway.core.report.selection import Dimension, Selection
from gateway.core.report.spread import Durations
from gateway.core.routing.match import RouteSpec, build_route

DAY = 86400.0
PLAN = Plan(
    root=build_route(RouteSpec(receiver="r")),
    receivers={"r": Receiver("r")},
    severities={"critical": Severity("critical", 1), "info": Severity("info", 3)},
)


def facts(number: int = 1, opened_at: float = 0.0, **changed: object) -> IncidentFacts:
    made = IncidentFacts(number, opened_at, "critical", "", "r", "root", ("A",))
    return made._replace(**changed)


@given(st.lists(st.floats(0, 1e6) | st.sampled_from([0.0, 60.0, 120.0]), min_size=1), st.data())
def test_spread_is_made_of_its_values(values: list[float], data: st.DataObject) -> None:
    """Half of the values are at most the median, nine of ten at most the ninth decile.

    It is the same in runs of any length, and when two sets are added up.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spread, "RUN", data.draw(st.integers(1, 5)))
        cut = data.draw(st.integers(0, len(values)))
        durations = Durations(values[:cut])
        durations.add_all(Durations(values[cut:]))
        result = durations.spread()
    assert result is not None
    assert result.count == len(values)
    for value, part in ((result.median, 0.5), (result.p90, 0.9), (result.longest, 1.0)):
        assert value in values
        assert sum(one <= value for one in values) >= part * len(values)
        assert sum(one < value for one in values) < part * len(values)


def test_no_values_have_no_spread() -> None:
    """A report shows nothing where nothing was measured."""
    assert Durations().spread() is None


def test_time_to_acknowledge_counts_from_the_first_accepted_notice() -> None:
    """What a vendor never accepted is nobody's delay, and an earlier action took no time."""
    ack = Acknowledgement(500.0, "ana")
    assert facts(acknowledgement=ack).seconds_to_acknowledge is None
    assert facts(acknowledgement=ack, first_notice_at=440.0).seconds_to_acknowledge == 60.0
    assert facts(acknowledgement=ack, first_notice_at=510.0).seconds_to_acknowledge == 0.0
    assert facts(first_notice_at=440.0).seconds_to_acknowledge is None


def test_incident_without_an_action_counts_only_when_it_is_over() -> None:
    """An open incident may still be acted on."""
    tally = Tally()
    tally.add([facts(), facts(lasted=5.0), facts(lasted=9.0, acted=True)])
    figures = tally.figures()
    assert (figures.incidents, figures.open, figures.no_action) == (3, 1, 1)


def test_severities_are_ordered_by_rank() -> None:
    """The most severe first, unknown ones last."""
    builder = ReportBuilder(PLAN, Selection(0.0, DAY), "UTC")
    severities = ("", "info", "critical", "page")
    builder.add(Facts(tuple(facts(i, severity=name) for i, name in enumerate(severities))))
    report = builder.report()
    assert [group.key for group in report.by_severity] == ["critical", "info", "", "page"]
    assert report.totals.incidents == 4


def test_noisiest_alerts_name_the_routes_that_send_them() -> None:
    """The alerts with the most messages first, each with its noisiest route."""
    builder = ReportBuilder(PLAN, Selection(0.0, DAY), "UTC")
    loud = facts(1, alertnames=("A", "B"), messages=5, route_id="one", noise=True)
    louder = facts(2, alertnames=("B",), messages=7, route_id="two")
    silent = facts(3, alertnames=("C",))
    builder.add(Facts((loud, louder, silent)))
    report = builder.report()
    assert [(one.alertname, one.figures.messages, list(one.routes)) for one in report.noisiest] == [
        ("B", 12, ["two", "one"]),
        ("A", 5, ["one"]),
    ]
    assert report.noisiest[0].figures.noise == 1


def test_days_are_those_of_the_zone_also_when_the_clocks_change() -> None:
    """25 October 2026 has 25 hours in Berlin; an incident in each counts for that day."""
    start = 1792792800.0  # 2026-10-24T00:00+02:00
    end = start + 2 * DAY + 3600.0
    builder = ReportBuilder(PLAN, Selection(start, end), "Europe/Berlin", Dimension.DAY)
    hours = [start + DAY + hour * 3600.0 + 1.0 for hour in range(25)]
    builder.add(Facts(tuple(facts(i, at) for i, at in enumerate([start, *hours]))))
    report = builder.report()
    assert report.columns == [(start, 1), (start + DAY, 25)]
    assert [group.figures.incidents for group in report.groups] == [1, 25]
