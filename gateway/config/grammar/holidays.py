"""Public holidays of countries and regions, and single dates, as a calendar.

The days come from the library `holidays`. It is imported only where routes.yaml names a region,
because that takes 40 ms and 10 MB.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from gateway.config.source.problem import ParseError
from gateway.core.text.nearest import nearest

_REGION = re.compile(r"([A-Z]{2})(?:[-/]([A-Za-z0-9 ]+))?")
_LANGUAGE = "en_US"
OWN_DATE = "holiday"
"""Name of a holiday that routes.yaml gives as a date."""


@dataclass(frozen=True, slots=True)
class Region:
    """A country by its ISO 3166-1 code, and a part of it by its ISO 3166-2 code or empty."""

    country: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.country}-{self.part}" if self.part else self.country


@dataclass(frozen=True, slots=True)
class HolidayDates:
    """The holidays of regions and single dates. Any thread may read it."""

    regions: tuple[Region, ...] = ()
    dates: frozenset[date] = frozenset()

    def name_of(self, day: date) -> str | None:
        """Return the English name of a holiday, None for any other day."""
        for region in self.regions:
            name = _holidays_of(region, day.year).get(day)
            if name is not None:
                return name
        return OWN_DATE if day in self.dates else None


def parse_holiday(text: str) -> Region | date:
    """Return a region such as "DE" or "DE-BE", or a date. Raises ParseError saying what to write.

    A country without a part has the holidays that all its parts share.
    """
    if text[:1].isdigit():
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ParseError(f'"{text}" is not a date: write 2026-12-24', None) from None
    # Imported late, see above.
    from holidays.utils import list_supported_countries

    match = _REGION.fullmatch(text)
    parts_by_country = list_supported_countries()
    country = match[1] if match else ""
    if match is None or country not in parts_by_country:
        near = nearest(text.upper(), parts_by_country)
        raise ParseError(
            f'"{text}" is not a country with known holidays: write its ISO 3166 code such as DE, '
            "DE-BE or GB-SCT, or a date such as 2026-12-24",
            near,
        )
    part = match[2] or ""
    known = parts_by_country[country]
    if part and part not in known:
        close = nearest(part.upper(), known)
        near = f"{country}-{close}" if close else None
        parts = ", ".join(sorted(known)) or "none"
        raise ParseError(f'"{text}": {country} has no part {part} (there are: {parts})', near)
    return Region(country, part)


@lru_cache(maxsize=512)
def _holidays_of(region: Region, year: int) -> Mapping[date, str]:
    """Return the holidays of a region in one year, with observed days where they are days off."""
    from holidays import country_holidays
    from holidays.utils import list_localized_countries

    languages = list_localized_countries().get(region.country, [])
    # The day on which a New Year's Day is observed may lie in the year before, but belongs to it.
    # `expand=False`: the library fills further years on demand, and that is not thread-safe.
    days = country_holidays(
        region.country,
        subdiv=region.part or None,
        years=[year, year + 1],
        expand=False,
        language=_LANGUAGE if _LANGUAGE in languages else None,
    )
    return {day: str(name) for day, name in days.items() if day.year == year}


def library_version() -> str:
    """Return the version of the library, which its days depend on."""
    from importlib.metadata import version  # its import takes a tenth of a command's start-up

    return version("holidays")
