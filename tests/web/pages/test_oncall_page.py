"""The page of those on call, which says what `gateway oncall` says."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from gateway.core.time.timestamps import parse_rfc3339
from gateway.render.view.times import clock_time
from tests.cli.console import fine, fine_json
from tests.flow.world import ROUTES, START
from tests.web.browser import browser
from tests.web.real import Client, served

DAY, DAYS = 86400.0, 14
BERLIN = 'business_hours: {timezone: Europe/Berlin, days: [mon-fri], start: "09:00", end: "17:00"}'

PEOPLE = """\
people:
  ana: {name: Ana, email: ana@example.com}
  ben: {name: Ben, email: ben@example.com}
  cho: {name: "Cho <b>&</b>", email: cho@example.com}
receivers: [{name: nobody}]
route: {receiver: nobody}
"""
ROTAS = """\
rotas:
  billing:
    timezone: Europe/Berlin
    layers:
      - {members: [ana, ben], rotate: weekly, handover: "Mon 09:00", start: 2026-01-05}
      - members: [cho]
        start: 2026-01-05
        restrictions: [{weekdays: [fri-sun], from: "22:00", to: "06:00"}]
    overrides:
      - {person: cho, beside: true, from: 2026-11-20 12:00, to: 2026-11-20 14:00}
      - {person: ana, from: 2026-11-21 08:00, to: 2026-11-22 09:00}
      - {from: 2026-11-24 10:00, to: 2026-11-24 12:00}
  far:
    timezone: Asia/Seoul
    layers: [{members: [ana, cho], rotate: daily, handover: "05:30", start: 2026-01-05}]
  office:
    timezone: Europe/Berlin
    layers:
      - members: [ana, ben]
        rotate: daily
        handover: "09:00"
        start: 2026-01-05
        restrictions: [{weekdays: [mon-fri], from: "13:00", to: "17:00"}]
"""

MIDNIGHT = parse_rfc3339("2026-11-18T00:00:00+01:00")  # before START, in Berlin


def routes(rotas: str = ROTAS) -> str:
    return f"{PEOPLE}{BERLIN}\n{rotas}"


async def page_of(client: Client) -> str:
    answer = await client.get("/oncall")
    page = await answer.text()
    assert answer.status == 200, page
    return page


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def cards(page: str) -> dict[str, str]:
    """Return the HTML of each rota's card, by the name of the rota."""
    matches = re.findall(r'(?s)<section class="card" aria-labelledby.*?</section>', page)
    return {words(re.findall(r"<h2[^>]*>(.*?)</h2>", one)[0]): one for one in matches}


def blocks(card: str) -> Iterator[tuple[int, str, list[str]]]:
    """Yield day, time and people of each block of the calendar."""
    rows = re.findall(r'(?s)<th scope="row".*?</tr>', card)
    assert len(rows) == DAYS
    for day, row in enumerate(rows):
        for block in re.findall(r"(?s)<li .*?</li>", row):
            time = re.findall(r"<time>(.*?)</time>", block)
            items = re.sub(r"<time>.*?</time>|<i>.*?</i>", "", block)
            people = [words(one).removeprefix("+ ") for one in items.split("</span>")[:-1]]
            yield day, time[0] if time else "00:00", [] if people == ["NOBODY"] else people


@pytest.mark.parametrize("days_later", [0.0, 2.0, 2.05, 3.0, 5.9, 5.96])
async def test_current_shift_equals_the_command(tmp_path: Path, days_later: float) -> None:
    """E26: person, end, next person and layer of every rota are those of `gateway oncall`."""
    file, now = tmp_path / "routes.yaml", START + days_later * DAY
    file.write_text(routes())
    async with served(tmp_path, routes()) as (world, client):
        world.now = now
        shown = cards(await page_of(client))
    duties = fine_json("oncall", "--config", str(file), now=now)
    rows = fine("oncall", "--config", str(file), now=now).splitlines()[1:]
    assert list(shown) == [duty["rota"] for duty in duties]
    for duty, row in zip(duties, rows, strict=True):
        people = " ".join(one["name"] for one in duty["on_call"]) or "Nobody"
        verb = "are" if len(duty["on_call"]) > 1 else "is"
        until = clock_time(parse_rfc3339(duty["until"]), "Europe/Berlin", now)
        next_person = re.split(r" {2,}", row)[4]
        text = words(shown[duty["rota"]]).replace("nobody .", "nobody.")
        assert f"{people} {verb} on call until {until}, then {next_person}." in text
        if duty["by"]:
            assert f"By {duty['by']}." in text


@pytest.mark.parametrize("rota", ["billing", "far", "office"])
async def test_calendar_equals_the_command(tmp_path: Path, rota: str) -> None:
    """E26: two weeks block by block are the shifts that `gateway oncall --from --to` prints."""
    file = tmp_path / "routes.yaml"
    file.write_text(routes())
    start, end = "2026-11-18T00:00:00+01:00", "2026-12-02T00:00:00+01:00"
    command = ("oncall", rota, "--from", start, "--to", end, "--config", str(file))
    expected: list[tuple[float, list[str]]] = []
    for shift in fine_json(*command, now=START):
        people = [one["name"] for one in shift["on_call"]]
        if not expected or expected[-1][1] != people:
            expected.append((parse_rfc3339(shift["from"]), people))
    async with served(tmp_path, routes()) as (_, client):
        card = cards(await page_of(client))[rota]
    shown: list[tuple[float, list[str]]] = []
    for day, time, people in blocks(card):
        hour, minute = time.split(":")
        if not shown or shown[-1][1] != people:
            at = MIDNIGHT + day * DAY + int(hour) * 3600 + int(minute) * 60
            shown.append((at, people))
    assert shown == expected
    assert len(expected) > DAYS / 2


async def test_gap_is_named_and_marked(tmp_path: Path) -> None:
    """E27, E28: a rota without anybody on call comes first, and every gap is named and red."""
    async with served(tmp_path, routes()) as (world, client):
        page = await page_of(client)
        assert "<title>Nobody on call: office" in page
        office = cards(page)["office"]
        text = words(office)
        assert text.startswith("NOBODY IS ON CALL office Nobody is on call until 13:00 CET, then")
        assert "Nobody from now until 13:00 CET (53 min)." in text
        assert "Nobody from 17:00 CET until Thu 19 Nov, 13:00 CET (20 h)." in text
        assert "8 more gaps: 11 days 19 h without anybody in total." in text
        assert office.count('nobody"><span') == 24
        billing = words(cards(page)["billing"])
        assert "NOBODY IS ON CALL" not in billing
        assert "Nobody from Tue 24 Nov, 10:00 CET until Tue 24 Nov, 12:00 CET (2 h)." in billing
        world.now = parse_rfc3339("2026-11-24T09:00:00+01:00")
        before = words(cards(await page_of(client))["billing"])
        assert "Ana is on call until 10:00 CET, then nobody ." in before
        far = words(cards(page)["far"])
        assert "Nobody" not in far
        assert "NOBODY" not in far


async def test_allowed_gap_is_shown_without_alarm(tmp_path: Path) -> None:
    """The hours without anyone on call stay visible, and nothing says that they are wrong."""
    allowed = ROTAS.replace("  office:\n", "  office:\n    gaps: allowed\n")
    async with served(tmp_path, routes(allowed)) as (_, client):
        page = await page_of(client)
        assert "<title>On call" in page
        office = cards(page)["office"]
        text = words(office)
        assert text.startswith("office Nobody is on call until 13:00 CET, then")
        assert "NOBODY" not in text
        assert "more gaps" not in text
        assert 'nobody"><span' not in office
        assert "00:00 nobody" in text or " nobody 13:00" in text


async def test_override_and_additional_person_are_marked(tmp_path: Path) -> None:
    """Overrides and additional people are marked in words too."""
    async with served(tmp_path, routes()) as (world, client):
        billing = cards(await page_of(client))["billing"]
        rows = [words(one) for one in re.findall(r"(?s)<tr.*?</tr>", billing)]
        assert (
            rows[3]
            == "Fri 20 Nov Ben 12:00 Ben + Cho <b>&</b> override 14:00 Ben 22:00 Cho <b>&</b>"
        )
        assert rows[4] == "Sat 21 Nov Cho <b>&</b> 06:00 Ben 08:00 Ana override"
        assert "Tue 24 Nov Ana 10:00 NOBODY override 12:00 Ana" in rows
        assert "By layer 1." in words(billing)
        world.now = parse_rfc3339("2026-11-21T12:00:00+01:00")
        assert "By override 2." in words(cards(await page_of(client))["billing"])


async def test_calendar_is_a_table_with_headers(tmp_path: Path) -> None:
    """A screen reader reads the rota, the day and the people; today is marked."""
    async with served(tmp_path, routes()) as (_, client):
        page = await page_of(client)
    for rota, card in cards(page).items():
        assert len(re.findall(r"<table\b", card)) == 1
        (caption,) = re.findall(r"<caption[^>]*>(.*?)</caption>", card)
        assert rota in caption
        assert re.findall(r'<th scope="col">(.*?)</th>', card) == ["Day", "On call, 00:00 to 24:00"]
        days = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', card)
        assert (days[0], days[-1]) == ("Wed 18 Nov", "Tue 1 Dec")
        assert re.findall(r'aria-current="date">(.*?)</th>', card) == ["Wed 18 Nov"]


async def test_day_of_25_hours_is_one_row(tmp_path: Path) -> None:
    """Promise 12: a day of 25 hours is one row, with its handover at nine by the wall clock."""
    rotas = """\
rotas:
  billing:
    timezone: Europe/Berlin
    layers: [{members: [ana, ben], rotate: daily, handover: "09:00", start: 2026-01-05}]
"""
    async with served(tmp_path, routes(rotas)) as (world, client):
        world.now = parse_rfc3339("2026-10-24T12:00:00+02:00")
        card = cards(await page_of(client))["billing"]
    days = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', card)
    assert days[:3] == ["Sat 24 Oct", "Sun 25 Oct", "Mon 26 Oct"]
    assert len(set(days)) == DAYS
    assert {time for _, time, _ in blocks(card)} == {"00:00", "09:00"}


async def test_without_rotas_page_names_the_file(tmp_path: Path) -> None:
    """Without rotas the page says so and names the file to write them in."""
    async with served(tmp_path, PEOPLE) as (_, client):
        text = words(await page_of(client))
    assert "There are no rotas." in text
    assert "routes.yaml" in text


async def test_rota_of_one_person_has_no_end(tmp_path: Path) -> None:
    """The only person of a rota is on call for good."""
    async with served(tmp_path, ROUTES) as (_, client):
        assert "Ana is on call, for good." in words(await page_of(client))


@pytest.mark.browser
async def test_browser_shows_each_person_in_one_colour(tmp_path: Path) -> None:
    """Each person and the gap have a colour of their own, and widths follow the hours.

    On a phone the page is no wider than 360 pixels, and each text fits into its block.
    """
    async with served(tmp_path, routes()) as (_, client), browser(tmp_path / "profile") as page:
        size = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
        await page.call("Emulation.setDeviceMetricsOverride", **size)
        await page.open(f"http://127.0.0.1:{client.port}/oncall")
        assert await page.run("document.documentElement.scrollWidth") <= 360
        spans = await page.run(
            "JSON.stringify([...document.querySelectorAll('.calendar li span')].map(e => {"
            "const s = getComputedStyle(e);"
            "return [e.innerText, s.backgroundColor, s.backgroundImage.slice(0, 9), s.color,"
            " e.scrollWidth <= e.clientWidth + 1]}))"
        )
        styles: dict[str, set[Any]] = {}
        for text, colour, image, ink, fits in json.loads(spans):
            assert text.strip()
            assert fits, text
            assert ink == "rgb(255, 255, 255)"
            person = re.sub(r"^\+ |^\d\d:\d\d\s+|\s*override$", "", text.strip())
            styles.setdefault(person, set()).add((colour, image))
        assert set(styles) == {"Ana", "Ben", "Cho <b>&</b>", "NOBODY"}
        assert all(len(each) == 1 for each in styles.values())
        assert len({next(iter(each)) for each in styles.values()}) == len(styles)
        await page.call(
            "Emulation.setDeviceMetricsOverride",
            width=1280,
            height=740,
            deviceScaleFactor=1,
            mobile=False,
        )
        widths = await page.run(
            "[...document.querySelectorAll('section:last-of-type .calendar li.h13')].map(e =>"
            " e.getBoundingClientRect().width / e.parentNode.getBoundingClientRect().width)"
        )
        assert len(widths) == 10
        assert all(abs(width - 13 / 24) < 0.03 for width in widths)
        assert [text for text in page.complaints if "favicon" not in text] == []
