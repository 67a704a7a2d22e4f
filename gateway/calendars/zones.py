"""Names of time zones in calendars, also those that the library does not resolve by itself."""

from functools import cache
from zoneinfo import available_timezones

_OUTLOOK_UTC = "tzone://microsoft/utc"


def known_zone(name: str) -> str | None:
    """Return the IANA name of a zone, None if it has none.

    Windows names have one too, as have names in another case and behind a vendor's prefix
    (``/vendor/Europe/Berlin``).
    """
    parts = name.strip().strip('"').lower().split("/")
    candidates = ["/".join(parts)]
    if parts[0] == "":
        candidates += ["/".join(parts[at:]) for at in range(1, len(parts))]
    return next((_names()[one] for one in candidates if one in _names()), None)


@cache
def _names() -> dict[str, str]:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # late, see `read`

    names = {name.lower(): name for name in available_timezones()}
    for windows, olson in WINDOWS_TO_OLSON.items():
        names.setdefault(windows.lower(), olson)
    names[_OUTLOOK_UTC] = "UTC"
    return names
