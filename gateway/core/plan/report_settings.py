"""Scheduled reports: what they are about, when they are sent, and to whom."""

from dataclasses import dataclass
from enum import StrEnum


class ReportKind(StrEnum):
    """What a report consists of. The values are those of routes.yaml."""

    DAILY = "daily"  # incidents, response times, what is open, failed deliveries
    WEEKLY = "weekly"  # people, rotas and noisy alerts, beside the time before


DEFAULT_CRON = {ReportKind.DAILY: "0 8 * * *", ReportKind.WEEKLY: "0 8 * * mon"}


@dataclass(frozen=True, slots=True)
class ReportSection:
    """Lines of a report under one heading; `queries` are names under prometheus:."""

    heading: str
    queries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """A scheduled report. `cron` is on the wall clock of `zone`, an IANA name.

    It covers the time since it was due before. `receiver` is a name, `team` the id of the team that
    it is limited to, None for all incidents.
    """

    name: str
    kind: ReportKind
    cron: str
    zone: str
    receiver: str
    title: str
    team: str | None = None
    sections: tuple[ReportSection, ...] = ()
