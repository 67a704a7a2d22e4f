"""What the page of figures was asked for: its range, its grouping and its filters."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from gateway.core.plan.team import NO_TEAM
from gateway.core.report.selection import Dimension, Selection
from gateway.core.time.timestamps import format_rfc3339
from gateway.core.time.wallclock import instant, load_zone
from gateway.flow.queries.figures import FiguresError, FiguresRequest

DAY = 86400.0
RANGES = {"1d": 1, "7d": 7, "30d": 30, "90d": 90}
"""Days of the ranges that are one link away."""

PERSON = "person"
GROUPINGS = (*(one.value for one in Dimension), PERSON)
FILTERS = ("team", "rota", "person", "severity", "receiver", "route", "alertname")

LONGEST_COMPARED = 31 * DAY
"""Seconds of a range that is compared with the time before. A longer one would be read twice as
long, for a comparison of seasons."""

LONGEST_FILTER = 1000


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """The parameters of the page, as its links have them.

    `range` is a key of `RANGES`, or empty if `first` and `last` are days like 2026-11-23.
    """

    range: str
    first: str
    last: str
    by: str
    filters: Mapping[str, str]

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> "ReportQuery":
        """Read the parameters. Unknown ones are ignored, unknown values are the default."""
        first, last = query.get("from", "").strip(), query.get("to", "").strip()
        chosen = query.get("range", "")
        by = query.get("by", "")
        if not first and not last and chosen not in RANGES:
            chosen = "7d"
        filters = {
            name: query[name].strip()[:LONGEST_FILTER]
            for name in FILTERS
            if query.get(name, "").strip()
        }
        is_range = chosen in RANGES
        return cls(
            chosen if is_range else "",
            "" if is_range else first,
            "" if is_range else last,
            by if by in GROUPINGS else "",
            filters,
        )

    def request(self, zone: str, now: float) -> FiguresRequest:
        """Return the request. Days are those of `zone`, the last one included.

        Raises FiguresError for a day that does not exist.
        """
        start, end = self._span(zone, now)
        values = dict(self.filters)
        rota = values.pop("rota", None)
        team = values.pop("team", None)
        selection = Selection(start, end, team="" if team == NO_TEAM else team, **values)
        by = Dimension(self.by) if self.by and self.by != PERSON else None
        return FiguresRequest(
            selection, zone, by, rota, compare=0 < end - start <= LONGEST_COMPARED
        )

    def link(self, **changes: str) -> str:
        """Return the query of a link to the same page with changes; an empty value removes one."""
        return f"?{urlencode({name: value for name, value in self._changed(changes) if value})}"

    def with_range(self, name: str) -> str:
        """Return the query of a link to another range."""
        return replace(self, range=name, first="", last="").link()

    def api_query(self, request: FiguresRequest) -> str:
        """Return the query of the API's figures of the same incidents."""
        selection = request.selection
        by = "" if self.by == PERSON else self.by
        span = {"from": format_rfc3339(selection.start), "to": format_rfc3339(selection.end)}
        values = {**span, "by": by, "zone": request.zone, **self.filters}
        return f"?{urlencode({name: value for name, value in values.items() if value})}"

    def _changed(self, changes: Mapping[str, str]) -> list[tuple[str, str]]:
        values = {"range": self.range, "from": self.first, "to": self.last, "by": self.by}
        return list({**values, **self.filters, **changes}.items())

    def _span(self, zone: str, now: float) -> tuple[float, float]:
        if self.range:
            return now - RANGES[self.range] * DAY, now
        last = _day(self.last, "to") if self.last else None
        end = now if last is None else _midnight(last + timedelta(days=1), zone)
        first = _day(self.first, "from") if self.first else None
        start = end - RANGES["7d"] * DAY if first is None else _midnight(first, zone)
        if end > now > start:
            end = now
        return start, end


def _day(text: str, field: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise FiguresError(field, "must be a day like 2026-11-23") from None
    if not 1970 < day.year < 9999:
        raise FiguresError(field, "must be a day of the years 1971 to 9998")
    return day


def _midnight(day: date, zone: str) -> float:
    return instant(datetime.combine(day, time()), load_zone(zone))
