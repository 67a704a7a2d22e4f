"""Lines of reports from Prometheus: numbers in words, and failures that stop no report."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.core.plan.accounts import Secret
from gateway.core.plan.prometheus import PrometheusQuery, PrometheusSettings
from gateway.core.plan.report_settings import ReportSection
from gateway.core.time.spans import Span
from gateway.flow.reports import prometheus
from gateway.flow.reports.prometheus import report_lines
from gateway.flow.reports.values import objective_of, value_text
from tests.fakes.prometheus import FakePrometheus
from tests.fakes.server import Behaviour
from tests.flow.reports.test_scheduled_reports import REPORTS
from tests.flow.world import DAY, MINUTE, START
from tests.web.api_v1.test_api import call
from tests.web.real import served

SPAN = Span(START - DAY, START)
QUERIES = {
    "answered": PrometheusQuery(
        "answered", "avg(ok[$range])", "Webhooks answered", "ratio", at_least=0.999
    ),
    "latency": PrometheusQuery("latency", "p95", "p95 latency", "seconds", at_most=0.5),
    "purchases": PrometheusQuery("purchases", "sum(purchases)", "Purchases"),
}
SECTIONS = [
    ReportSection("Objectives", ("answered", "latency")),
    ReportSection("Business", ("purchases",)),
]


@pytest.fixture
async def server() -> AsyncIterator[FakePrometheus]:
    async with FakePrometheus() as fake:
        fake.values = {"avg(ok[86400s])": 0.9995, "p95": 0.612, "sum(purchases)": 1204}
        yield fake


def settings(server: FakePrometheus, **changed: object) -> PrometheusSettings:
    return replace(PrometheusSettings(Secret(server.url), QUERIES, timeout=2.0), **changed)


async def test_answers_are_lines_with_their_objectives(server: FakePrometheus) -> None:
    """Each query is asked once, at the end of the report and about its length."""
    objectives, business = await report_lines(settings(server), SECTIONS, SPAN)
    answered, latency = objectives["lines"]
    assert (answered["value"], answered["objective"], answered["ok"]) == (
        "99.95 %",
        "at least 99.9 %",
        True,
    )
    assert (latency["value"], latency["objective"], latency["ok"]) == (
        "612 ms",
        "at most 500 ms",
        False,
    )
    assert (business["lines"][0]["value"], business["lines"][0]["ok"]) == ("1,204", None)
    assert sorted(server.queries) == [
        ("avg(ok[86400s])", START),
        ("p95", START),
        ("sum(purchases)", START),
    ]


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ([], "no data"),
        (["NaN"], "no data"),
        ([1, 2], "2 series instead of one: write sum(…) around the query"),
        (None, 'refused: invalid parameter "query": 1:1: parse error: unexpected p95'),
    ],
)
async def test_query_without_one_number_is_a_line_that_says_so(
    server: FakePrometheus, values: list[object] | None, error: str
) -> None:
    """The other lines are not affected."""
    del server.values["p95"]
    if values is not None:
        server.values["p95"] = values
    (objectives, _) = await report_lines(settings(server), SECTIONS, SPAN)
    answered, latency = objectives["lines"]
    assert (latency["error"], latency["value"], latency["ok"]) == (error, "", None)
    assert answered["value"] == "99.95 %"


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (Behaviour(status=502, body="<html>"), "status 502, and no answer of a Prometheus"),
        (Behaviour(status=200, json={"status": "success"}), "the answer is no number"),
        (Behaviour(hang="before"), "no answer in time"),
        (Behaviour(drop="before"), "the connection broke"),
        (Behaviour(status=302, headers={"Location": "/elsewhere"}), "redirect"),
    ],
)
async def test_failing_server_is_named_in_the_line(
    server: FakePrometheus, behaviour: Behaviour, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report is sent without the number, and never shows the URL."""
    monkeypatch.setattr(prometheus, "PATIENCE", 0.3)
    server.script(behaviour)
    (section,) = await report_lines(settings(server), SECTIONS[1:], SPAN)
    line = section["lines"][0]
    assert error in line["error"]
    assert "127.0.0.1" not in line["error"]


async def test_private_address_is_refused_where_it_is_not_allowed(server: FakePrometheus) -> None:
    """A URL of routes.yaml cannot reach into the network if the admin says so."""
    (section,) = await report_lines(settings(server, private_addresses=False), SECTIONS[1:], SPAN)
    assert "private address" in section["lines"][0]["error"]
    assert server.queries == []


async def test_url_with_a_slash_at_its_end_is_the_base(server: FakePrometheus) -> None:
    """E52: the path of a query gets no second slash."""
    with_slash = settings(server, url=Secret(f"{server.url}/"))
    (section,) = await report_lines(with_slash, SECTIONS[1:], SPAN)
    assert section["lines"][0]["value"] == "1,204"


async def test_token_is_sent(server: FakePrometheus) -> None:
    """A Prometheus behind a token answers."""
    server.bearer = "test-prometheus-token"
    with_token = settings(server, bearer=Secret("test-prometheus-token"))
    (section,) = await report_lines(with_token, SECTIONS[1:], SPAN)
    assert section["lines"][0]["value"] == "1,204"


async def test_report_of_routes_yaml_has_the_lines(server: FakePrometheus, tmp_path: Path) -> None:
    """From the file to the mail: headings, values, objectives."""
    routes = REPORTS.replace(
        "reports:\n  daily: {receiver: leads,",
        f"prometheus:\n  url: {server.url}\n  queries:\n"
        "    latency: {query: p95, title: Latency, unit: seconds, at_most: 0.5}\n"
        "reports:\n  daily: {receiver: leads, lines: {Objectives: [latency]},",
    )
    async with served(tmp_path, routes) as (world, client):
        await world.advance(MINUTE)
        preview = await call(client, "GET", "/api/v1/reports/daily")
        text = "Objectives:\n  Latency: 612 ms (objective: at most 500 ms, missed)\n"
        assert text in preview["text"]
        assert "612 ms ✗" in preview["html"]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.9995, "ratio", "99.95 %"),
        (0.99996, "ratio", "99.996 %"),
        (1.0, "ratio", "100 %"),
        (0.0004, "ratio", "0.04 %"),
        (0.612, "seconds", "612 ms"),
        (2.5, "seconds", "2.5 s"),
        (1204.0, "credits", "1,204 credits"),
        (0.0, "", "0"),
        (-12.345, "", "-12.35"),
    ],
)
def test_number_is_written_with_its_unit(value: float, unit: str, text: str) -> None:
    """Few digits, and never rounded to a boundary that was not reached."""
    assert value_text(value, unit) == text


def test_objective_is_written_in_the_unit_of_the_answer() -> None:
    """Both bounds, where both are set."""
    query = PrometheusQuery("x", "x", "X", "ratio", at_least=0.1, at_most=0.9)
    assert objective_of(query) == "at least 10 % and at most 90 %"
