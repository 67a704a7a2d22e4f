"""Calendars of rotas and holidays in routes.yaml."""

from datetime import date
from pathlib import Path

import pytest

from gateway.config.load import Config, load
from gateway.core.oncall.event_layer import EventLayer
from gateway.core.plan.accounts import Secret
from gateway.core.plan.calendars import CalendarSettings
from gateway.core.time.holidays import CalendarHolidays, HolidayUnion
from tests.config.texts import Files

BASE = """\
people: {ana: {email: ana@example.com}}
receivers: [{name: nobody}]
route: {receiver: nobody}
"""
URL = "https://calendar.example.com/private-token/basic.ics"


def loaded(text: str, **env: str) -> Config:
    return load(BASE + text, env=env, read_file=Files({}).read)


def warnings(config: Config) -> list[str]:
    return [one.message for one in config.warnings if "calendar" in one.message]


def test_rota_of_a_calendar_has_one_layer_of_its_events() -> None:
    """The plan holds references only; the URL is among the secrets."""
    config = loaded('rotas: {billing: {ical: "${CAL}", ical_overrides: b.ics}}', CAL=URL)
    assert config.plan.rotas["billing"].layers == (EventLayer("${CAL}", "b.ics"),)
    assert config.secrets["${CAL}"] == Secret(URL)
    assert config.calendars.sources["${CAL}"].url == Secret(URL)
    assert config.calendars.sources["b.ics"].path == "b.ics"
    assert warnings(config) == []
    assert "private-token" not in repr(config)


def test_calendar_may_be_one_layer_among_others() -> None:
    """It has a name as other layers do."""
    config = loaded(
        "rotas: {billing: {layers: [{members: [ana], start: 2026-01-05},"
        " {ical: a.ics, name: cover}]}}"
    )
    assert config.plan.rotas["billing"].layers[1] == EventLayer("a.ics", name="cover")


def test_path_is_relative_to_the_file(tmp_path: Path) -> None:
    """As in `${file:…}`."""
    path = tmp_path / "routes.yaml"
    path.write_text(BASE + "rotas: {billing: {ical: calendars/a.ics}}")
    source = load(path, env={}).calendars.sources["calendars/a.ics"]
    assert source.path == str(tmp_path / "calendars/a.ics")


def test_path_with_a_reference_is_named_without_its_default() -> None:
    """What is shown of it does not change when the default does."""
    config = loaded('rotas: {billing: {ical: "${FOLDER:-/calendars}/a.ics"}}')
    assert config.calendars.sources["${FOLDER}/a.ics"].path == "/calendars/a.ics"


def test_webcal_url_is_requested_over_https() -> None:
    """Calendar programs write webcal:// in links to copy."""
    url = URL.replace("https", "webcal")
    config = loaded('rotas: {billing: {ical: "${CAL}"}}', CAL=url)
    assert config.calendars.sources["${CAL}"].url == Secret(URL)


def test_url_in_the_file_itself_is_a_secret_and_warned_of() -> None:
    """It is named by a hash from then on."""
    config = loaded(f'rotas: {{billing: {{ical: "{URL}"}}}}')
    (address,) = config.calendars.sources
    assert address.startswith("sha256:")
    assert "the URL of a calendar is a secret" in warnings(config)[0]
    assert "private-token" not in repr(config) + str(config.warnings)


def test_holidays_take_urls_and_files_beside_regions_and_dates() -> None:
    """The URL of public holidays is no secret, and named as it is."""
    public = "https://example.com/holidays.ics"
    config = loaded(f'business_hours: {{holidays: [2026-12-24, "{public}", own.ics, "${{CAL}}"]}}',
                    CAL=URL)  # fmt: skip
    holidays = config.plan.business_hours.holidays
    assert isinstance(holidays, HolidayUnion)
    assert holidays.name_of(date(2026, 12, 24)) == "holiday"
    assert holidays.parts[1:] == (
        CalendarHolidays(public),
        CalendarHolidays("own.ics"),
        CalendarHolidays("${CAL}"),
    )
    assert public not in config.secrets
    assert config.secrets["${CAL}"] == Secret(URL)
    assert warnings(config) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", CalendarSettings()),
        ("calendars:", CalendarSettings()),
        (
            "calendars: {refresh: 15m, confirm_after: 1h, private_addresses: refuse}",
            CalendarSettings({}, 900.0, 3600.0, None, private_addresses=False),
        ),
        (
            "calendars: {proxy: 'http://proxy.example.com:3128'}",
            CalendarSettings(proxy=Secret("http://proxy.example.com:3128")),
        ),
    ],
)
def test_settings_of_calendars(text: str, expected: CalendarSettings) -> None:
    """Every five minutes, and six hours until a loss is believed, by default."""
    assert loaded(text).calendars == expected
