"""The bytes of a calendar as text, with the repairs that its library does not make.

Each repair keeps an event that calendar programs show, and that would otherwise be lost or moved.
"""

import re
from functools import partial

from gateway.calendars.events import CalendarError
from gateway.calendars.zones import known_zone

EXACT_DURATION = "X-EXACT-DURATION"
"""Property that is added beside a DURATION in hours: its length does not follow the wall clock."""

_BEGINNING = 40
"""Characters of a wrong answer that an error quotes."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FOLD = re.compile(rb"\r?\n[ \t]")
_DURATION = re.compile(r"^DURATION(?:;[^:\r\n]*)?:(\+?P[^\r\n]*T[^\r\n]*)", re.IGNORECASE | re.M)
_TZID = re.compile(r'(;TZID=)(?:"([^"\r\n]*)"|((?:tzone://[^:;\r\n]*)|[^:;\r\n"]*))', re.IGNORECASE)
_DEFINED = re.compile(r"^TZID:(.*?)\r?$", re.IGNORECASE | re.MULTILINE)


def calendar_text(raw: bytes) -> str:
    """Return the text of a calendar, unfolded, without a byte order mark.

    Raises CalendarError for what is no calendar, such as a page of HTML.
    """
    text = _unfolded(raw).lstrip("\ufeff \t\r\n")
    if not re.match(r"BEGIN:V(CALENDAR|EVENT)\b", text, re.IGNORECASE):
        beginning = " ".join(text[:_BEGINNING].split())
        content = f"it begins with {beginning!r}" if beginning else "it is empty"
        raise CalendarError(f"this is no iCalendar: {content}, not with BEGIN:VCALENDAR")
    defined = {name.strip() for name in _DEFINED.findall(text)}
    text = _TZID.sub(partial(_repaired_zone, defined), text)
    return _DURATION.sub(rf"\g<0>\r\n{EXACT_DURATION}:\1", text)


def _unfolded(raw: bytes) -> str:
    if raw.startswith(_UTF16):
        return re.sub(r"\r?\n[ \t]", "", raw.decode("utf-16", "replace"))
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    # Before decoding: some programs fold in the middle of a character.
    raw = _FOLD.sub(b"", raw)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _repaired_zone(defined: set[str], match: re.Match[str]) -> str:
    """Return a TZID that the library can resolve, if the calendar does not define it itself."""
    name = match[2] if match[2] is not None else match[3]
    zone = None if name in defined else known_zone(name)
    return match[0] if zone is None else f"{match[1]}{zone}"
