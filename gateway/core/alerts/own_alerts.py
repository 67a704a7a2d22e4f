"""The gateway's own alerts: what may be wrong with it, and when it reports that.

They are routed like any other alert. They neither inhibit nor are inhibited: what is wrong with
the gateway must not hide behind what it reports.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.labels import Labels

SOURCE = "gateway"
"""The source of these alerts. No other source may have this name."""

REPORT_EVERY = 30.0
"""Seconds after which a lasting condition is reported again. It must be well below `HOLD`."""

HOLD = 90.0
"""Seconds without a report by any replica after which a condition counts as over. Lower: replicas
that disagree for a moment, as during a reload, resolve each other's alerts."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that may be wrong with the gateway: the alert that fires meanwhile.

    `summary` may name labels in braces. `runbook` is the page in docs/runbooks, without its suffix.
    """

    name: str
    summary: str
    description: str
    runbook: str
    urgent: bool = False


NOBODY_ON_CALL = Condition(
    "GatewayNobodyOnCall",
    "Nobody is on call: escalation {escalation} reaches nobody now",
    "No step of this escalation reaches a person now. Its alerts go to the fallback receiver only.",
    "gateway-nobody-on-call",
    urgent=True,
)
CLOCK_SKEW = Condition(
    "GatewayClockSkew",
    "The clock of {replica} and the database's differ: it decides and sends nothing",
    "This replica accepts alerts, and decides and sends nothing until the clocks agree.",
    "gateway-clock-skew",
    urgent=True,
)
RELOAD_FAILED = Condition(
    "GatewayReloadFailed",
    "routes.yaml was not loaded by {replica}",
    "The edited routes.yaml has errors. The configuration before it stays in force.",
    "gateway-reload-failed",
)
SOURCE_SILENT = Condition(
    "SourceSilent",
    "Source {source} has not posted for longer than expected",
    "Its alerts may be missing: its sender is down, posts elsewhere, or is refused.",
    "source-silent",
    urgent=True,
)
CONTACT_UNUSABLE = Condition(
    "GatewayContactUnusable",
    "Contact {contact} of {person} cannot be notified",
    "Messages to this contact are refused. The person's other contacts are used instead.",
    "gateway-contact-unusable",
)
CALENDAR_FAILING = Condition(
    "GatewayCalendarFailing",
    "The calendar {calendar} cannot be read, or lost its events",
    "The last good copy of this calendar is used until it can be read again.",
    "gateway-calendar-failing",
)
CHANGES_VOID = Condition(
    "GatewayShiftChangesVoid",
    "Changes of rota {rota} became void",
    "A reload removed a person or the rota, so stored changes of shifts do not apply any more.",
    "gateway-shift-changes-void",
)
MIRROR_FAILING = Condition(
    "GatewayOnCallMirrorFailing",
    "{subject} does not show who is on call",
    "Slack refuses to update a topic or a user group. People are paged all the same.",
    "gateway-on-call-mirror-failing",
)
PROMISE_BROKEN = Condition(
    "GatewayPromiseBroken",
    "The gateway did not keep a promise: its stored history shows it",
    "The last verification found alerts, messages or responses that were not handled as promised.",
    "gateway-promise-broken",
)

LINKS_DEAD = Condition(
    "GatewayRunbookDead",
    "Links to runbooks or dashboards are dead",
    "Following these links found no page. People on call need them.",
    "gateway-runbook-dead",
)

DRILL_FAILED = Condition(
    "GatewayDrillFailed",
    "Drill {drill} did not succeed",
    "A test alert did not arrive, or nobody acknowledged it in time. A real one would fail alike.",
    "gateway-drill-failed",
)

CONDITIONS: Mapping[str, Condition] = {
    one.name: one
    for one in (
        NOBODY_ON_CALL,
        SOURCE_SILENT,
        CLOCK_SKEW,
        RELOAD_FAILED,
        CONTACT_UNUSABLE,
        CALENDAR_FAILING,
        CHANGES_VOID,
        MIRROR_FAILING,
        PROMISE_BROKEN,
        LINKS_DEAD,
        DRILL_FAILED,
    )
}
"""All conditions by the name of their alert."""

WATCHDOG_MISSING = "WatchdogMissing"
"""The alert about a missing watchdog, whose monitor reports it by itself."""

NAMES = frozenset({*CONDITIONS, WATCHDOG_MISSING})


def is_own_alert(labels: Labels) -> bool:
    """Return whether an alert of these labels is about the gateway itself, by its name."""
    return labels.get("alertname") in NAMES


@dataclass(frozen=True, slots=True)
class ActiveCondition:
    """A condition that holds now; `labels` distinguish it from others of its kind.

    `annotations` are added to those of the condition. `since`: when it began (Unix seconds); None:
    when it is first reported.
    """

    condition: Condition
    labels: Labels
    annotations: Labels
    since: float | None = None


def reports_due(
    stored: Iterable[Alert], active: Sequence[Alert], listening_since: float, now: float
) -> list[Alert]:
    """Return the alerts to store now: new conditions, re-reports, and the ends of those over.

    `stored` are own alerts without an end, of any replica, and `active` those of this one. A
    condition that no replica has reported for `HOLD` seconds is over. Until this process has
    listened for so long it ends none: all replicas may have been down.
    """
    known = {alert.identity: alert for alert in stored}
    reports = [
        alert if old is None else replace(alert, starts_at=min(old.starts_at, alert.starts_at))
        for alert in active
        if (old := known.get(alert.identity)) is None
        or old.annotations != alert.annotations
        or now - old.updated_at >= REPORT_EVERY
    ]
    identities = {alert.identity for alert in active}
    reports += [
        replace(old, ends_at=now, updated_at=now)
        for old in known.values()
        if old.identity not in identities and now - max(old.updated_at, listening_since) >= HOLD
    ]
    return reports
