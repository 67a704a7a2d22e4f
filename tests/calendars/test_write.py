"""The text of a calendar that is written, read back with the library and as lines."""

from dataclasses import replace

from icalendar import Calendar

from gateway.calendars.planned import PlannedCalendar, PlannedEvent
from gateway.calendars.write import write_calendar

EVENT = PlannedEvent(
    uid="one@on-call",
    start=1_795_000_000,
    end=1_795_100_000,
    summary="Ana (billing)",
    description="Ana is on call in billing.\n\nFor planning only.",
    person="ana",
    sequence=2,
    changed_at=1_794_000_000,
)
CALENDAR = PlannedCalendar(
    uid="rota:billing@on-call",
    name="On call: billing",
    description="For planning only.",
    url="https://gateway.example.com/oncall",
    refresh=1,
    changed_at=1_794_000_000,
    events=(EVENT,),
)


def lines(calendar: PlannedCalendar) -> list[str]:
    text = write_calendar(calendar).decode()
    assert text.endswith("\r\n")
    return text.replace("\r\n ", "").split("\r\n")


def test_same_calendar_has_the_same_bytes() -> None:
    """Nothing comes from the clock or at random, so an ETag can match."""
    assert write_calendar(CALENDAR) == write_calendar(CALENDAR)


def test_event_has_utc_times_and_its_revision() -> None:
    """Times in UTC keep the repeated hour; DTSTAMP and SEQUENCE are those of the last change."""
    text = lines(CALENDAR)
    assert "DTSTART:20261118T110640Z" in text
    assert "DTEND:20261119T145320Z" in text
    assert "DTSTAMP:20261106T212000Z" in text
    assert "LAST-MODIFIED:20261106T212000Z" in text
    assert "SEQUENCE:2" in text
    assert "UID:one@on-call" in text
    assert "X-ONCALL-PERSON:ana" in text
    assert "TRANSP:TRANSPARENT" in text


def test_refresh_interval_has_its_type() -> None:
    """RFC 7986 requires VALUE=DURATION; Outlook reads X-PUBLISHED-TTL."""
    text = lines(CALENDAR)
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert "X-PUBLISHED-TTL:PT1H" in text


def test_calendar_says_what_it_is_and_what_it_is_not_for() -> None:
    """Its name is shown by old and new programs, and so is that it is for planning only."""
    text = lines(CALENDAR)
    assert "NAME:On call: billing" in text
    assert "X-WR-CALNAME:On call: billing" in text
    assert "DESCRIPTION:For planning only." in text
    assert "X-WR-CALDESC:For planning only." in text


def test_text_of_people_is_escaped_and_has_no_control_characters() -> None:
    """A name can neither add a property nor break the file; umlauts and emoji stay."""
    name = 'Añä 👩\u200d🚒, "B"; \\ \x07\x00\x85\u2028\nBEGIN:VEVENT'
    event = replace(EVENT, summary=name, person="a\x1b[31m")
    raw = write_calendar(replace(CALENDAR, events=(event,)))
    assert not any(one in raw for one in (b"\x07", b"\x00", b"\xc2\x85", b"\x1b", b"\xe2\x80\xa8"))
    (read,) = Calendar.from_ical(raw).walk("VEVENT")
    assert read["SUMMARY"] == 'Añä 👩\u200d🚒, "B"; \\ \nBEGIN:VEVENT'
    assert read["X-ONCALL-PERSON"] == "a[31m"


def test_long_names_are_folded() -> None:
    """No line has more than 75 bytes, also where one character has four."""
    event = replace(EVENT, summary="🚒" * 100)
    raw = write_calendar(replace(CALENDAR, events=(event,)))
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    (read,) = Calendar.from_ical(raw).walk("VEVENT")
    assert read["SUMMARY"] == "🚒" * 100


def test_calendar_without_events_is_valid() -> None:
    """A person without shifts has a feed all the same."""
    raw = write_calendar(replace(CALENDAR, events=()))
    assert Calendar.from_ical(raw).walk("VEVENT") == []
