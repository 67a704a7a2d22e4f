"""A body, tried on a source: what it becomes, as the gateway would parse it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from multidict import CIMultiDict

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.incidents.system_change import SystemChange
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.plan import Plan
from gateway.core.routing.match import match_routes
from gateway.web.ingest.sources.parse import parse_post
from gateway.web.ingest.sources.parsed import BadAlert, BodyError, Parsed, Post


@dataclass(frozen=True, slots=True)
class TriedAlert:
    """An alert of the body, whether it fires, and the receivers of its routes."""

    alert: ReportedAlert
    firing: bool
    receivers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """The result. `error` is why the whole body is refused, empty if it is not."""

    source: SourceSettings
    alerts: tuple[TriedAlert, ...] = ()
    ends: tuple[tuple[str, str], ...] = ()  # every firing alert with such a label ends
    note: str = ""
    error: str = ""
    faults: tuple[BadAlert, ...] = field(default=())
    repairs: tuple[BadAlert, ...] = field(default=())
    changes: tuple[SystemChange, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether something of the body is refused."""
        return bool(self.error or self.faults)


def try_body(
    plan: Plan, source: SourceSettings, body: bytes, headers: Mapping[str, str], now: float
) -> Trial:
    """Return what a body posted to a source at `now` becomes. Nothing is stored."""
    try:
        parsed = parse_post(Post(source, body, now, CIMultiDict(headers)))
    except BodyError as error:
        return Trial(source, error=error.message, faults=error.faults)
    return Trial(
        source,
        alerts=tuple(_tried(plan, one, now) for one in parsed.alerts),
        ends=_ends(parsed),
        note=parsed.note,
        faults=tuple(parsed.bad),
        repairs=tuple(parsed.repaired),
        changes=tuple(parsed.changes),
    )


def _tried(plan: Plan, alert: ReportedAlert, now: float) -> TriedAlert:
    routes = match_routes(plan.root, alert.labels)
    firing = alert.ends_at is None or alert.ends_at > now
    return TriedAlert(alert, firing, tuple(dict.fromkeys(one.receiver for one in routes)))


def _ends(parsed: Parsed) -> tuple[tuple[str, str], ...]:
    return tuple((one.label, one.value) for one in parsed.related if one.end)
