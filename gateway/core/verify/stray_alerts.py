"""Check that each alert belongs to an incident."""

from gateway.core.verify.alert_text import alert_text
from gateway.core.verify.facts import StrayAlert
from gateway.core.verify.promise import BrokenPromise, Check


def stray_alert(alert: StrayAlert) -> BrokenPromise:
    """Return what is wrong with an alert that belongs to no incident."""
    what = "it fires and belongs to no incident, so nobody is notified"
    if alert.ends_at is not None:
        what = "it fired and belongs to no incident, so nobody was notified"
    name = alert_text(alert.labels)
    return BrokenPromise(Check.ALERT_WITHOUT_INCIDENT, alert.starts_at, what, subject=name)
