"""The page of figures: it says what the API says, and changes nothing."""

import csv
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.report.selection import Dimension
from gateway.flow.queries.figures import FiguresError
from gateway.web.pages.report_query import FILTERS, GROUPINGS, ReportQuery
from tests.flow.world import DAY, HOUR, MINUTE, ROUTES, START, World, alert
from tests.web.browser import browser
from tests.web.real import Client, served

Gateway = tuple[World, Client]
TEAMS = """
teams:
  billing: {name: Billing, matchers: ['team="billing"'], members: [ana]}
"""


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with served(tmp_path, ROUTES + TEAMS) as (world, client):
        yield world, client


async def busy_day(world: World) -> None:
    """Let one incident be acknowledged, one be missed, and one resolve by itself."""
    await world.post(alert())
    await world.advance(2 * MINUTE)
    await world.ack(1001, "ana")
    await world.post(alert("SlowInvoices", "warning"), alert("PoolFull", "info", team="platform"))
    await world.advance(MINUTE)
    await world.post(alert("PoolFull", "info", team="platform", ends_at=world.now))
    await world.advance(2 * HOUR)


async def page_of(client: Client, query: str = "", status: int = 200) -> str:
    answer = await client.get(f"/reports{query}")
    page = await answer.text()
    assert answer.status == status, page
    return page


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def rows_of(page: str, caption: str) -> list[list[str]]:
    """Return the cells of the table with a caption."""
    table = re.findall(rf"(?s)<caption[^>]*>{caption}</caption>.*?</table>", page)[0]
    body = re.findall(r"(?s)<tr>(.*?)</tr>", table.partition("<tbody>")[2])
    return [[words(cell) for cell in re.findall(r"(?s)<td.*?</td>", row)] for row in body]


async def linked(client: Client, page: str, text: str) -> Any:
    """Return the answer behind the page's link with this text."""
    (link,) = re.findall(rf'<a href="([^"]*)"[^>]*>{text}</a>', page)
    return await client.get(urljoin("/reports", unescape(link)))


@pytest.mark.parametrize("by", list(Dimension))
async def test_page_says_what_the_api_says(gateway: Gateway, by: Dimension) -> None:
    """The groups, and the JSON and CSV that the page links to, have the same figures."""
    world, client = gateway
    await busy_day(world)
    page = await page_of(client, f"?range=1d&by={by}")
    report = await (await linked(client, page, "JSON")).json()
    assert report["by"] == by
    shown = {(row[1], row[2], row[3]) for row in rows_of(page, f"Figures by {by}")}
    counts = ("incidents", "pages", "messages")
    assert shown == {tuple(str(one[name]) for name in counts) for one in report["groups"]}
    answer = await linked(client, page, "CSV")
    assert answer.content_type == "text/csv"
    assert f'filename="figures-by-{by}.csv"' in answer.headers["Content-Disposition"]
    lines = list(csv.DictReader((await answer.text()).splitlines()))
    assert [one["incidents"] for one in lines] == [
        str(one["incidents"]) for one in report["groups"]
    ]


async def test_people_have_rows_and_a_csv_of_their_own(gateway: Gateway) -> None:
    """Each person has interruptions, pages and time on call; the link leads to theirs alone."""
    world, client = gateway
    await busy_day(world)
    page = await page_of(client, "?range=1d&by=person")
    people = {row[0]: row for row in rows_of(page, "Figures of people")}
    assert people["Ana"][1:2] == ["1 (0 before)"]
    lines = csv.DictReader((await (await linked(client, page, "CSV")).text()).splitlines())
    assert {"ana", "ben"} <= {one["person"] for one in lines}
    of_ana = words(await (await linked(client, page, "Ana")).text())
    assert "Only person ana" in of_ana


async def test_marks_are_shown_with_their_share(gateway: Gateway) -> None:
    """What people marked as useful or noise is said of all, and of each group."""
    world, client = gateway
    await busy_day(world)
    for number, action in ((1001, "useful"), (1002, "noise"), (1003, "noise")):
        answer = await client.post(f"/api/v1/incidents/{number}/{action}", json={"as": "ana"})
        assert answer.status == 200
    text = words(await page_of(client, "?range=1d"))
    assert "Marked useful 1 (0 before) 33 % of what was marked" in text
    assert "Marked noise 2 (0 before) 66 % of what was marked" in text
    rows = {row[0]: row[-1] for row in rows_of(await page_of(client), "Figures by severity")}
    assert rows == {"critical": "1 / 0", "warning": "0 / 1", "info": "0 / 1"}


async def test_filters_of_the_form_select_incidents(gateway: Gateway) -> None:
    """Each filter narrows the figures; the form shows what was chosen."""
    world, client = gateway
    await busy_day(world)
    for query, count in (
        ("team=billing", 2),
        ("team=none", 1),
        ("rota=billing", 2),
        ("severity=info", 1),
        ("receiver=quiet", 1),
        ("alertname=PoolFull", 1),
        ("alertname=Unknown", 0),
        ("route=", 3),
    ):
        page = await page_of(client, f"?range=7d&{query}")
        assert f"Incidents {count} (" in words(page), query
    assert '<option value="billing" selected>Billing</option>' in await page_of(
        client, "?team=billing"
    )


async def test_days_of_the_form_include_the_last_one(gateway: Gateway) -> None:
    """From a day until the same day is that whole day, on the clock of the page."""
    world, client = gateway
    await world.post(alert())
    await world.advance(MINUTE)
    page = await page_of(client)
    (today,) = re.findall(r'name="to" type="date" value="([^"]*)"', page)
    assert "Incidents 1 (" in words(await page_of(client, f"?from={today}&to={today}"))
    assert "Incidents 0 (" in words(await page_of(client, "?from=2020-01-01&to=2020-01-07"))


async def test_empty_range_says_so(gateway: Gateway) -> None:
    """A gateway without incidents has a page nevertheless."""
    _, client = gateway
    for query in ("", "?range=1d", "?by=alertname", "?range=90d"):
        assert "No incident opened then." in await page_of(client, query)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("?from=yesterday", '"from": must be a day like 2026-11-23.'),
        ("?to=2026-02-30", '"to": must be a day like 2026-11-23.'),
        ("?from=0001-01-01", '"from": must be a day of the years 1971 to 9998.'),
        ("?to=9999-12-31", '"to": must be a day of the years 1971 to 9998.'),
        ("?from=2026-11-23&to=2026-11-01", '"to": must be after from, by at most 800 days.'),
        ("?from=2019-01-01", '"to": must be after from, by at most 800 days.'),
        ("?rota=biling", '"rota": did you mean billing?.'),
    ],
)
async def test_invalid_choice_is_explained_beside_the_form(
    gateway: Gateway, query: str, text: str
) -> None:
    """422, what is wrong, what to write instead, and the form to mend it."""
    _, client = gateway
    page = await page_of(client, query, 422)
    assert text.replace("?.", "?") in words(page).replace("?.", "?")
    assert '<form method="get"' in page
    assert (await client.get(f"/reports.csv{query}")).status == 422


async def test_unknown_choices_are_the_default(gateway: Gateway) -> None:
    """An old link with an unknown range or grouping shows a report."""
    _, client = gateway
    await page_of(client, "?range=1y&by=moon&x=1&range=7d")


async def test_names_from_alerts_are_escaped_in_page_and_csv(gateway: Gateway) -> None:
    """E17: a name from outside is text, in links, cells and spreadsheets."""
    world, client = gateway
    name = '=1+1"><b>&{{ 7*7 }}'
    await world.post(alert(name))
    await world.advance(MINUTE)
    page = await page_of(client, "?range=1d&by=alertname")
    assert "<b>&{{" not in page
    assert rows_of(page, "Figures by alertname")[0][0] == name
    lines = list(csv.DictReader((await (await linked(client, page, "CSV")).text()).splitlines()))
    assert lines[0]["alertname"] == f"'{name}"
    alone = words(await (await client.get("/reports", params={"alertname": name})).text())
    assert "Incidents 1 (" in alone


@pytest.mark.parametrize("path", ["/reports", "/reports.csv"])
async def test_reports_need_the_right_to_read(tmp_path: Path, path: str) -> None:
    """With a token set, figures of people are not for everybody."""
    token = "read-token-of-tests-0123456789"
    async with served(tmp_path, API_TOKEN=token, LISTEN="0.0.0.0:0") as (_, client):
        assert (await client.get(path)).status == 401
        headers = {"Authorization": f"Bearer {token}"}
        assert (await client.get(path, headers=headers)).status == 200


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23.0),
        ("Europe/Berlin", "2026-10-25", 25.0),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("America/Havana", "2026-03-08", 23.0),
        ("UTC", "2026-10-25", 24.0),
    ],
)
def test_day_of_a_clock_change_is_as_long_as_it_was(zone: str, day: str, hours: float) -> None:
    """E24: a day of the form is from midnight to midnight on the wall clock; none is lost."""
    query = ReportQuery.parse({"from": day, "to": day})
    selection = query.request(zone, START + 400 * DAY).selection
    assert selection.end - selection.start == hours * HOUR


_TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(["2026-11-01", "7d", "none", "team"]))


@given(
    st.dictionaries(st.sampled_from(["range", "from", "to", "by", *FILTERS, "x"]), _TEXTS),
    st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe"]),
)
def test_any_parameters_are_a_report_or_an_explained_error(
    parameters: dict[str, str], zone: str
) -> None:
    """E34: never a 500; and the links of the page ask for the same again."""
    query = ReportQuery.parse(parameters)
    again = dict(re.findall(r"[?&]([^=&]+)=([^&]*)", query.link()))
    assert again.keys() <= {"range", "from", "to", "by", *FILTERS}
    assert query.by in {"", *GROUPINGS}
    with suppress(FiguresError):
        assert query.api_query(query.request(zone, START)).startswith("?from=")


@pytest.mark.browser
async def test_phone_shows_reports_without_scrolling_sideways(tmp_path: Path) -> None:
    """At 360 pixels no report has to be scrolled sideways, even with the longest names."""
    async with served(tmp_path, ROUTES + TEAMS) as (world, client), browser(tmp_path / "b") as page:
        await world.post(alert("A" * 150))
        await world.advance(DAY)
        await busy_day(world)
        await page.call(
            "Emulation.setDeviceMetricsOverride",
            width=360,
            height=740,
            deviceScaleFactor=2,
            mobile=True,
        )
        for query in (
            "",
            "?by=alertname",
            "?by=route",
            "?by=day",
            "?to=2019-01-01&from=2019-02-01",
        ):
            await page.open(f"http://127.0.0.1:{client.port}/reports{query}")
            assert await page.run("document.documentElement.scrollWidth") <= 360, query
        assert [
            text for text in page.complaints if "favicon" not in text and "422" not in text
        ] == []
