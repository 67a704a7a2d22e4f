"""What is read of the calendars that people and programs really write."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar.timezone import tzp

from gateway.calendars.checks import MOST_EVENTS
from gateway.calendars.events import CalendarError, ReadCalendar
from gateway.calendars.read import MOST_PROBLEMS, read_calendar

BERLIN = "Europe/Berlin"
FIRST, LAST = "2026-11-16", "2027-01-25"


@pytest.fixture(autouse=True)
def no_known_zones() -> None:
    """Forget the time zones of other tests' calendars; the gateway starts a new process instead."""
    tzp.use_zoneinfo()


def at(text: str, zone: str = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def read(body: str | bytes, zone: str = BERLIN, last: str = LAST) -> ReadCalendar:
    raw = body if isinstance(body, bytes) else body.encode()
    return read_calendar(raw, zone, at(FIRST), at(last))


def calendar(*events: str, head: str = "") -> str:
    """Return a calendar of events that are written one line each, with ; for line ends."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *head.splitlines()]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.strip().split("\n"), "END:VEVENT"]
    return "\r\n".join(line.strip() for line in [*lines, "END:VCALENDAR", ""])


def one_event(*lines: str) -> str:
    return calendar("\n".join(lines))


def starts(result: ReadCalendar, zone: str = BERLIN) -> list[str]:
    return [
        datetime.fromtimestamp(event.start, ZoneInfo(zone)).isoformat(" ", "minutes")[:16]
        for event in result.events
    ]


def length(result: ReadCalendar) -> float:
    (event,) = result.events
    return (event.end - event.start) / 3600


WEEKLY = """UID:weekly
    DTSTART;TZID=Europe/Berlin:20261102T090000
    DTEND;TZID=Europe/Berlin:20261102T170000
    RRULE:FREQ=WEEKLY
    SUMMARY:Ana"""


# --- recurrence


def test_series_with_exceptions_is_read_as_programs_show_it() -> None:
    """EXDATE removes, RECURRENCE-ID moves, also out of the span and into it, also in UTC."""
    moved_out = """UID:weekly
        RECURRENCE-ID:20261123T080000Z
        DTSTART:20270601T080000Z
        DTEND:20270601T160000Z
        SUMMARY:Ana"""
    moved_in = """UID:weekly
        RECURRENCE-ID;TZID=Europe/Berlin:20270201T090000
        DTSTART;TZID=Europe/Berlin:20261125T090000
        DTEND;TZID=Europe/Berlin:20261125T100000
        SUMMARY:Ben"""
    series = WEEKLY + "\nEXDATE:20261130T080000Z"
    result = read(calendar(series, moved_out, moved_in), last="2026-12-08")
    assert starts(result) == ["2026-11-16 09:00", "2026-11-25 09:00", "2026-12-07 09:00"]
    assert [one.names[0] for one in result.events] == ["Ana", "Ben", "Ana"]
    assert not result.problems


def test_exdate_as_a_date_removes_the_instance_of_that_day() -> None:
    """Outlook and others write it so on timed series."""
    result = read(calendar(WEEKLY + "\nEXDATE;VALUE=DATE:20261116"), last="2026-11-24")
    assert starts(result) == ["2026-11-23 09:00"]


def test_change_of_this_and_all_following_is_honoured() -> None:
    """RANGE=THISANDFUTURE moves the rest of the series."""
    change = """UID:weekly
        RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261123T090000
        DTSTART;TZID=Europe/Berlin:20261123T100000
        DTEND;TZID=Europe/Berlin:20261123T170000
        SUMMARY:Ben"""
    result = read(calendar(WEEKLY, change), last="2026-12-01")
    assert starts(result) == ["2026-11-16 09:00", "2026-11-23 10:00", "2026-11-30 10:00"]


def test_additional_dates_and_periods_are_read() -> None:
    """RDATE adds instances, with a length of their own where it is a period."""
    more = "\nRDATE;VALUE=PERIOD:20261118T080000Z/PT1H\nRDATE:20261119T080000Z"
    result = read(calendar(WEEKLY + more), last="2026-11-20")
    assert starts(result) == ["2026-11-16 09:00", "2026-11-18 09:00", "2026-11-19 09:00"]
    assert [one.end - one.start for one in result.events] == [8 * 3600, 3600, 8 * 3600]


def test_series_until_a_date_keeps_its_last_day() -> None:
    """A date as UNTIL of a timed series would lose the instance of that day."""
    result = read(calendar(WEEKLY.replace("WEEKLY", "WEEKLY;UNTIL=20261130")))
    assert starts(result) == ["2026-11-16 09:00", "2026-11-23 09:00", "2026-11-30 09:00"]


@pytest.mark.parametrize("until", ["20261130T080000Z", "20261130T090000"])
def test_series_until_a_time_includes_it(until: str) -> None:
    """In UTC, as the standard says, and local, as others write it."""
    result = read(calendar(WEEKLY.replace("WEEKLY", f"WEEKLY;UNTIL={until}")))
    assert starts(result)[-1] == "2026-11-30 09:00"


def test_exception_without_its_series_is_an_event() -> None:
    """Exports of one week hold it alone."""
    alone = """UID:weekly
        RECURRENCE-ID:20261123T080000Z
        DTSTART:20261124T080000Z
        DTEND:20261124T160000Z
        SUMMARY:Ana"""
    assert starts(read(calendar(alone))) == ["2026-11-24 09:00"]


def test_cancelled_events_and_instances_are_omitted() -> None:
    """E47: The library returns them: somebody would be on call in a cancelled shift."""
    cancelled = """UID:weekly
        RECURRENCE-ID;TZID=Europe/Berlin:20261123T090000
        DTSTART;TZID=Europe/Berlin:20261123T090000
        DTEND;TZID=Europe/Berlin:20261123T170000
        STATUS:CANCELLED
        SUMMARY:Ana"""
    single = """UID:single
        DTSTART:20261118T080000Z
        DTEND:20261118T160000Z
        STATUS:cancelled
        SUMMARY:Ben"""
    result = read(calendar(WEEKLY, cancelled, single), last="2026-12-01")
    assert starts(result) == ["2026-11-16 09:00", "2026-11-30 09:00"]


def test_cancelled_series_has_no_instance() -> None:
    """All of them are cancelled."""
    assert read(calendar(WEEKLY + "\nSTATUS:CANCELLED")).events == ()


def test_two_events_with_one_uid_are_both_read() -> None:
    """The library would lose the second silently. A higher SEQUENCE still replaces the lower."""
    first = "UID:same\nDTSTART:20261118T080000Z\nDTEND:20261118T090000Z\nSUMMARY:Ana"
    second = first.replace("1118", "1119").replace("Ana", "Ben")
    assert len(read(calendar(first, second)).events) == 2
    newer = read(calendar(first + "\nSEQUENCE:1", second + "\nSEQUENCE:2"))
    assert [one.names[0] for one in newer.events] == ["Ben"]
    no_uid = [one.replace("UID:same\n", "") for one in (first, second)]
    assert len(read(calendar(*no_uid)).events) == 2


@pytest.mark.parametrize("frequency", ["SECONDLY", "MINUTELY"])
def test_series_that_recurs_too_often_is_refused_before_it_is_expanded(frequency: str) -> None:
    """E46: One such event would take minutes; the others are read."""
    bomb = WEEKLY.replace("UID:weekly", "UID:bomb").replace("WEEKLY", frequency)
    result = read(calendar(bomb, WEEKLY), last="2026-11-20")
    assert starts(result) == ["2026-11-16 09:00"]
    assert f"it recurs {frequency}" in result.problems[0]


def test_obsolete_exrule_is_reported() -> None:
    """It is not read, so somebody may be on call who should not."""
    result = read(calendar(WEEKLY + "\nEXRULE:FREQ=WEEKLY"), last="2026-11-20")
    assert "EXRULE" in result.problems[0]
    assert len(result.events) == 1


# --- lengths


@pytest.mark.parametrize(
    ("lines", "hours"),
    [
        (["DTSTART;VALUE=DATE:20261118"], 24),
        (["DTSTART;VALUE=DATE:20261118", "DTEND;VALUE=DATE:20261118"], 24),
        (["DTSTART;VALUE=DATE:20261118", "DTEND;VALUE=DATE:20261121"], 72),
        (["DTSTART:20261118T080000Z", "DURATION:PT90M"], 1.5),
        (["DTSTART:20261118T080000Z", "DTEND:20261118T090000Z", "DURATION:PT5H"], 1),
        (["DTSTART:20261118T080000", "DTEND:20261118T090000"], 1),
    ],
)
def test_length_of_an_event(lines: list[str], hours: float) -> None:
    """An all-day event is a day at the least, and DTEND wins over DURATION."""
    assert length(read(one_event("UID:1", *lines, "SUMMARY:Ana"))) == hours


@pytest.mark.parametrize(("duration", "hours"), [("PT24H", 24), ("P1D", 25), ("P1DT2H", 27)])
def test_hours_are_exact_and_days_follow_the_wall_clock(duration: str, hours: float) -> None:
    """RFC 5545: over the end of summer time a day has 25 hours, and 24 hours are 24."""
    body = one_event(
        "UID:1", "DTSTART;TZID=Europe/Berlin:20261024T120000", f"DURATION:{duration}", "SUMMARY:Ana"
    )
    result = read_calendar(body.encode(), BERLIN, at("2026-10-20"), at("2026-11-20"))
    assert length(result) == hours


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["DTSTART:20261118T080000Z"], "it has no length"),
        (["DTSTART:20261118T080000Z", "DTEND:20261118T080000Z"], "it has no length"),
        (["DTSTART:20261118T080000Z", "DTEND:20261117T080000Z"], "it ends before it starts"),
        (["DTSTART;VALUE=DATE:20261118", "DTEND;VALUE=DATE:20261117"], "it ends before"),
        (["DTSTART:20261118T080000Z", "DURATION:-PT1H"], "its DURATION is negative"),
        (["DTSTART:20261118T080000Z", "DTEND;VALUE=DATE:20261119"], "is a date, the other a time"),
        (["DTEND:20261118T080000Z"], "it has no DTSTART"),
        (["DTSTART:20261118t080000z", "DTEND:20261118T090000Z"], "DTSTART"),
        (["DTSTART:20261118T240000Z", "DTEND:20261119T090000Z"], "DTSTART"),
        (["DTSTART:20261118T080000Z", "DTEND:tomorrow"], "DTEND"),
        (["DTSTART:20261118T080000Z", "DURATION:PT1H", "RRULE:FREQ=SOMETIMES"], "RRULE"),
        (["DTSTART:20261118T080000Z", "DURATION:PT1H", "EXDATE:then"], "EXDATE"),
        (["DTSTART:20261118T080000Z", "DTSTART:20261119T080000Z", "DURATION:PT1H"], "more than"),
    ],
)
def test_bad_event_is_omitted_and_reported_and_the_others_are_read(
    lines: list[str], text: str
) -> None:
    """E46: The library would raise for the whole calendar, or swap start and end silently."""
    bad = "\n".join(["UID:bad", *lines, "SUMMARY:Bad one"])
    result = read(calendar(bad, WEEKLY), last="2026-11-20")
    assert starts(result) == ["2026-11-16 09:00"]
    (problem,) = result.problems
    assert problem.startswith('"Bad one"')
    assert text in problem
    assert problem.endswith("the event is left out")


# --- zones


def test_all_day_and_floating_events_are_on_the_rotas_wall_clock() -> None:
    """Also across the change of its clocks, where another product is an hour off."""
    all_day = "UID:1\nDTSTART;VALUE=DATE:20261118\nSUMMARY:Ana"
    floating = "UID:2\nDTSTART:20261118T090000\nDTEND:20261118T100000\nSUMMARY:Ben"
    for zone in (BERLIN, "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham"):
        result = read(calendar(all_day, floating), zone)
        assert starts(result, zone) == ["2026-11-18 00:00", "2026-11-18 09:00"]
    first, _ = result.events
    assert (first.first_day, first.last_day) == ("2026-11-18", "2026-11-18")


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Berlin",
        "W. Europe Standard Time",
        "w. europe standard time",
        '"W. Europe Standard Time"',
        "/vendor.example.com/Europe/Berlin",
    ],
)
def test_names_of_zones_are_resolved(zone: str) -> None:
    """IANA names, Windows names in any case, and names with a vendor's prefix."""
    event = f"UID:1\nDTSTART;TZID={zone}:20261118T090000\nDURATION:PT1H\nSUMMARY:Ana"
    result = read(calendar(event))
    assert starts(result) == ["2026-11-18 09:00"]
    assert not result.problems


@pytest.mark.parametrize("zone", ["tzone://Microsoft/Utc", '"tzone://Microsoft/Utc"'])
def test_outlooks_utc_is_resolved(zone: str) -> None:
    """Outlook writes it as a URL, quoted or not."""
    event = f"UID:1\nDTSTART;TZID={zone}:20261118T080000\nDURATION:PT1H\nSUMMARY:Ana"
    assert starts(read(calendar(event))) == ["2026-11-18 09:00"]


@pytest.mark.parametrize(
    "zone", ['"(UTC+01:00) Amsterdam, Berlin"', "Customized Time Zone", "GMT+0100", "Europe/Berlyn"]
)
def test_event_in_an_unknown_zone_is_reported(zone: str) -> None:
    """The library would read it as a time without a zone, silently."""
    event = f"UID:1\nDTSTART;TZID={zone}:20261118T090000\nDURATION:PT1H\nSUMMARY:Ana"
    result = read(calendar(event))
    assert result.events == ()
    assert "there is no time zone" in result.problems[0]


ZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:{offset}
TZOFFSETTO:{offset}
END:STANDARD
END:VTIMEZONE"""


def test_zone_that_the_calendar_defines_is_used() -> None:
    """Outlook defines "Customized Time Zone", and may define a Windows name differently."""
    for name in ("Customized Time Zone", "W. Europe Standard Time"):
        head = ZONE.format(name=name, offset="+0500")
        event = f'UID:1\nDTSTART;TZID="{name}":20261118T090000\nDURATION:PT1H\nSUMMARY:Ana'
        assert starts(read(calendar(event, head=head)), "UTC") == ["2026-11-18 04:00"]


@pytest.mark.parametrize(
    ("name", "start", "problems"),
    [
        ("America/New_York", "2026-11-18 15:00", 0),
        ("Eastern Standard Time", "2026-11-18 15:00", 0),
        ("Nowhere/At_All", "2026-11-18 09:00", 1),
        ("", "2026-11-18 09:00", 0),
    ],
)
def test_x_wr_timezone_moves_floating_times(name: str, start: str, problems: int) -> None:
    """A name that the library raises for is ignored and reported."""
    event = "UID:1\nDTSTART:20261118T090000\nDURATION:PT1H\nSUMMARY:Ana"
    result = read(calendar(event, head=f"X-WR-TIMEZONE:{name}"))
    assert starts(result) == [start]
    assert len(result.problems) == problems


# --- people and levels


@pytest.mark.parametrize(
    ("lines", "level", "names"),
    [
        (["SUMMARY:Ana"], 0, ("Ana",)),
        (["SUMMARY:[L3] Ana"], 3, ("Ana",)),
        (["SUMMARY:[l10]Ana"], 10, ("Ana",)),
        (["SUMMARY:Ana [L3]"], 0, ("Ana [L3]",)),
        (["SUMMARY:Ana (billing)"], 0, ("Ana (billing)", "Ana")),
        (["SUMMARY:Shift", "DESCRIPTION:ana@example.com"], 0, ("Shift", "ana@example.com")),
        (
            ["SUMMARY:Shift", "ATTENDEE;CN=Ana:MAILTO:ana@example.com"],
            0,
            ("Shift", "ana@example.com", "Ana"),
        ),
        (
            ["SUMMARY:Shift", "ATTENDEE:mailto:a@example.com", "ATTENDEE:mailto:b@example.com"],
            0,
            ("Shift",),
        ),
        (["SUMMARY:Ana", "SUMMARY:Ben"], 0, ("Ana",)),
        (["SUMMARY:On call", "X-ONCALL-PERSON:ana"], 0, ("ana", "On call")),
        (["DESCRIPTION:  Ana \\n"], 0, ("Ana",)),
    ],
)
def test_names_and_level_of_an_event(lines: list[str], level: int, names: tuple[str, ...]) -> None:
    """The level is the prefix of SUMMARY; a single attendee and the whole description count."""
    result = read(one_event("UID:1", "DTSTART:20261118T090000Z", "DURATION:PT1H", *lines))
    (event,) = result.events
    assert (event.level, event.names) == (level, names)


# --- bytes


def test_line_ends_folds_and_encodings_are_read() -> None:
    """LF, CR, a byte order mark, UTF-16, Latin-1, and a fold in the middle of a character."""
    body = one_event("UID:1", "DTSTART:20261118T090000Z", "DURATION:PT1H", "SUMMARY:Müller, Añä")
    folded = body.replace(", A", ",\r\n  A").encode()
    split = body.encode().replace("ü".encode(), b"\xc3\r\n \xbc")
    for raw in (
        body.encode(),
        body.replace("\r\n", "\n").encode(),
        body.replace("\r\n", "\r").encode(),
        b"\xef\xbb\xbf" + body.encode(),
        body.encode("utf-16"),
        body.encode("latin-1"),
        folded,
        split,
    ):
        (event,) = read(raw).events
        assert event.summary == "Müller, Añä"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"<!DOCTYPE html><html>", "it begins with '<!DOCTYPE html><html>'"),
        (b'{"error": "no"}', 'it begins with \'{"error": "no"}\''),
        (b"", "it is empty"),
        (b" \r\n", "it is empty"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1", "no valid iCalendar"),
    ],
)
def test_what_is_no_calendar_is_refused_with_its_beginning(raw: bytes, text: str) -> None:
    """A page of HTML or half a file replaces no good copy."""
    with pytest.raises(CalendarError, match="this is no") as error:
        read(raw)
    assert text in str(error.value)


def test_calendar_without_events_two_calendars_and_a_bare_event_are_read() -> None:
    """None of these is an error; what an empty calendar means is judged elsewhere."""
    assert read(calendar()) == ReadCalendar(())
    twice = calendar(WEEKLY) + calendar(WEEKLY.replace("Ana", "Ben"))
    assert len(read(twice, last="2026-11-20").events) == 2
    bare = one_event("UID:1", "DTSTART:20261118T090000Z", "DURATION:PT1H", "SUMMARY:Ana")
    inner = bare[bare.index("BEGIN:VEVENT") : bare.index("END:VCALENDAR")]
    assert len(read(inner).events) == 1


def test_too_many_events_are_refused() -> None:
    """In the file, and as instances of a few series."""
    event = "UID:{0}\nDTSTART:20261118T090000Z\nDURATION:PT1H\nSUMMARY:Ana"
    many = calendar(*(event.format(number) for number in range(MOST_EVENTS + 1)))
    with pytest.raises(CalendarError, match="5,001 events"):
        read(many)
    hourly = WEEKLY.replace("WEEKLY", "HOURLY").replace("T170000", "T093000")
    series = calendar(*(hourly.replace("weekly", str(number)) for number in range(4)))
    with pytest.raises(CalendarError, match="more than 5,000 events"):
        read(series)


def test_many_problems_are_counted() -> None:
    """A calendar of bad events does not fill the log."""
    bad = "UID:{0}\nDTSTART:20261118T090000Z\nSUMMARY:Ana"
    result = read(calendar(*(bad.format(number) for number in range(MOST_PROBLEMS + 5))))
    assert len(result.problems) == MOST_PROBLEMS + 1
    assert result.problems[-1] == "and 5 more problems"


def test_events_are_sorted_and_only_those_that_touch_the_span() -> None:
    """One that ends where the span begins is out, one that lasts into it is in."""
    event = "UID:{0}\nDTSTART;TZID=Europe/Berlin:{1}\nDTEND;TZID=Europe/Berlin:{2}\nSUMMARY:Ana"
    spans = (
        ("20270124T230000", "20270126T000000"),
        ("20270125T000000", "20270126T000000"),
        ("20261115T230000", "20261116T010000"),
        ("20261115T230000", "20261116T000000"),
    )
    result = read(calendar(*(event.format(n, *span) for n, span in enumerate(spans))))
    assert starts(result) == ["2026-11-15 23:00", "2027-01-24 23:00"]
