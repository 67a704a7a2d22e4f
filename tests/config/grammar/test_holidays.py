"""Public holidays of regions and single dates in routes.yaml."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from gateway.config.grammar.holidays import HolidayDates, Region, parse_holiday
from gateway.core.oncall.rota import on_call
from gateway.core.time.timestamps import parse_rfc3339
from tests.config.texts import REST, faults, loaded

BERLIN, SCOTLAND = Region("DE", "BE"), Region("GB", "SCT")


@pytest.mark.parametrize(
    ("regions", "day", "name"),
    [
        ((BERLIN,), date(2026, 12, 25), "Christmas Day"),
        ((BERLIN,), date(2027, 3, 8), "Women's Day"),
        ((Region("DE"),), date(2027, 3, 8), None),  # not in all parts
        ((BERLIN,), date(2026, 12, 24), None),
        ((SCOTLAND,), date(2026, 11, 30), "Saint Andrew's Day"),
        ((BERLIN, SCOTLAND), date(2026, 11, 30), "Saint Andrew's Day"),
        ((Region("GB"),), date(2027, 12, 27), "Christmas Day (observed)"),
        # The day off belongs to the year after, and lies in the year before.
        ((Region("US"),), date(2021, 12, 31), "New Year's Day (observed)"),
        ((BERLIN,), date(1800, 12, 25), None),  # not known to the library
    ],
)
def test_a_region_has_its_public_holidays(
    regions: tuple[Region, ...], day: date, name: str | None
) -> None:
    """The names are English, and observed days are days off."""
    assert HolidayDates(regions).name_of(day) == name


@pytest.mark.process
def test_names_do_not_follow_the_language_of_the_process() -> None:
    """LANGUAGE in the environment changes nothing that people see."""
    code = (
        "from datetime import date\n"
        "from gateway.config.grammar.holidays import HolidayDates, Region\n"
        "print(HolidayDates((Region('DE'),)).name_of(date(2026, 12, 25)))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code],
        env={"LANGUAGE": "de", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert printed == "Christmas Day\n"


def test_threads_get_the_same_holidays() -> None:
    """The calendar may be read first by many threads at once."""
    days = [date(2030 + n % 40, 12, 25) for n in range(400)]
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(HolidayDates((BERLIN,)).name_of, days))
    assert set(names) == {"Christmas Day"}


def test_own_dates_are_holidays() -> None:
    """A date needs no region."""
    calendar = HolidayDates((), frozenset([date(2026, 12, 24)]))
    assert calendar.name_of(date(2026, 12, 24)) == "holiday"
    assert calendar.name_of(date(2026, 12, 25)) is None


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("DE", Region("DE")),
        ("DE-BE", BERLIN),
        ("DE/BE", BERLIN),
        ("2026-12-24", date(2026, 12, 24)),
    ],
)
def test_regions_and_dates_are_read(text: str, parsed: Region | date) -> None:
    """ISO 3166 codes with a hyphen; a slash is read too."""
    assert parse_holiday(text) == parsed


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("de", '"de" is not a country with known holidays'),
        ("XX", "write its ISO 3166 code such as DE, DE-BE or GB-SCT"),
        ("DE-XX", "DE has no part XX (there are: Augsburg, BB, BE,"),
        ("2026-13-01", '"2026-13-01" is not a date: write 2026-12-24'),
        ("Christmas", "is not a country with known holidays"),
    ],
)
def test_other_holidays_are_refused_with_what_to_write(value: str, line: str) -> None:
    """Promise 6: the error names the value and what to write instead."""
    text = "".join(map(str, faults(f"business_hours: {{holidays: [{value}]}}\n" + REST)))
    assert line in text


def test_a_restriction_to_workdays_omits_holidays() -> None:
    """A layer of working days does not apply on a holiday, and the one below shows through."""
    rota = loaded(
        "people: {ana: {email: ana@example.com}, ben: {email: ben@example.com}}\n"
        "business_hours: {timezone: Europe/Berlin, holidays: [DE-BE, 2026-12-24]}\n"
        "rotas:\n"
        "  billing:\n"
        "    timezone: Europe/Berlin\n"
        "    layers:\n"
        "      - {members: [ben], start: 2026-01-05}\n"
        "      - members: [ana]\n"
        "        start: 2026-01-05\n"
        '        restrictions: [{weekdays: [workdays, sat], from: "09:00", to: "17:00"}]\n' + REST
    ).plan.rotas["billing"]

    def noon(day: str) -> tuple[str, ...]:
        return on_call(rota, parse_rfc3339(f"{day}T11:00:00Z"))

    assert noon("2026-12-23") == ("ana",)
    assert noon("2026-12-24") == ("ben",)  # a date of the file
    assert noon("2026-12-25") == ("ben",)  # Christmas
    assert noon("2026-12-26") == ("ana",)  # Saturday is named beside the workdays
    assert noon("2026-12-27") == ("ben",)  # Sunday
    assert noon("2026-12-28") == ("ana",)
