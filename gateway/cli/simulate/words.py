"""Words of a difference, which the text and the Markdown share."""

from collections.abc import Sequence

from gateway.cli.support.output import plural
from gateway.core.time.timestamps import local_minute
from gateway.simulate.difference import AlertChange, ChangeKind, CountChange, Difference
from gateway.simulate.impact import NO_TEAM
from gateway.simulate.recording import Recording

HEADINGS = {
    ChangeKind.LOST: "urgent alerts that nobody is notified of any more",
    ChangeKind.SILENT: "alerts that nobody is notified of any more",
    ChangeKind.NEW: "alerts that people are notified of now",
    ChangeKind.MOVED: "alerts that others are notified of",
}
ALERT_COLUMNS = ("alert", "severity", "team", "count", "notified before", "notified after", "route")
COUNT_COLUMNS = ("", "pages", "at night", "messages")


def played_text(recording: Recording, alerts: int, names: tuple[str, str], zone: str) -> str:
    """Return what was played: "1204 episodes of 310 alerts, …"."""
    start, end = (local_minute(at, zone) for at in (recording.start, recording.end))
    episodes = plural(len(recording.alerts), "episode")
    return (
        f"{episodes} of {plural(alerts, 'alert')} from {start} to {end}:"
        f" {names[0]} (before), {names[1]} (after)"
    )


def verdict(result: Difference) -> str:
    """Return the result in one sentence."""
    if result.lost:
        count = sum(one.count for one in result.lost)
        return f"{plural(count, 'urgent alert')} would reach nobody"
    if result.empty:
        return "nobody would notice a difference"
    return "no urgent alert loses its last recipient"


def teams_of(result: Difference) -> Sequence[CountChange]:
    """Return the changes of teams; none where no team is declared."""
    return () if [one.name for one in result.teams] == [NO_TEAM] else result.teams


def alert_row(change: AlertChange, file: str) -> tuple[str, ...]:
    """Return the cells of ALERT_COLUMNS."""
    return (
        change.alerts.alertname or "(no alertname)",
        change.alerts.severity,
        change.alerts.team,
        str(change.count),
        names_text(change.before),
        names_text(change.after) if change.after else _nobody(change),
        "" if change.route is None else f"{file}:{change.route}",
    )


def count_row(change: CountChange) -> tuple[str, ...]:
    """Return the cells of COUNT_COLUMNS."""
    return (
        change.name,
        _change(change.pages_before, change.pages_after),
        _change(change.night_before, change.night_after),
        _change(change.messages_before, change.messages_after),
    )


def names_text(names: tuple[str, ...]) -> str:
    """Return names with commas; "nobody" for none."""
    return ", ".join(names) or "nobody"


def _nobody(change: AlertChange) -> str:
    receivers = names_text(change.receivers_after)
    return f"nobody (receiver {receivers})" if change.receivers_after else "nobody"


def _change(before: int, after: int) -> str:
    if before == after:
        return str(before)
    return f"{before} → {after} ({after - before:+d})"
