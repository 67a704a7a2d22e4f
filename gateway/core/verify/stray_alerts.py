"""Check that each alert belongs to an incident."""

from gateway.core.verify.facts import StrayAlert
from gateway.core.verify.promise import BrokenPromise, Check

MOST_LABELS = 8
"""Labels that name an alert in a report."""


def stray_alert(alert: StrayAlert) -> BrokenPromise:
    """Return what is wrong with an alert that belongs to no incident."""
    what = "it fires and belongs to no incident, so nobody is notified"
    if alert.ends_at is not None:
        what = "it fired and belongs to no incident, so nobody was notified"
    labels = [f"{name}={value}" for name, value in sorted(alert.labels.items())]
    text = " ".join(labels[:MOST_LABELS])
    return BrokenPromise(Check.ALERT_WITHOUT_INCIDENT, alert.starts_at, what, subject=text)
