"""Normalisation of a reported alert: what is missing is filled in as Alertmanager does."""

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.labels import identity
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.plan.plan import Plan


def normalise(
    reported: ReportedAlert,
    source: str,
    plan: Plan,
    now: float,
    resolve_timeout: float | None = None,
) -> Alert:
    """Return the alert to store, with what is missing filled in as Alertmanager does.

    A missing start is the end if there is one, else now. A missing end from a source that re-sends
    is now plus the resolve timeout, the source's own or the plan's, and marked as inferred.
    """
    starts_at, ends_at, timeout = reported.starts_at, reported.ends_at, False
    received_start = starts_at is None or starts_at > now
    if starts_at is None:
        starts_at = now if ends_at is None else min(ends_at, now)
    elif starts_at > now:
        starts_at = now  # the source's clock is ahead (E35)
    if ends_at is None and (reported.expires or resolve_timeout is not None):
        ends_at, timeout = now + (resolve_timeout or plan.resolve_timeout), True
    return Alert(
        reported.identity or identity(reported.labels),
        reported.labels,
        reported.annotations,
        starts_at,
        ends_at,
        reported.generator_url,
        source,
        now,
        timeout,
        received_start,
    )
