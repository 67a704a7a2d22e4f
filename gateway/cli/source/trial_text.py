"""The result of `gateway source try`, as text and as JSON."""

from typing import Any

from gateway.cli.source.trial import Trial, TriedAlert
from gateway.cli.support.oncall_text import rfc3339
from gateway.cli.support.output import echo, paint, plural
from gateway.core.alerts.labels import format_labels
from gateway.core.text.escape import one_line


def print_trial(trial: Trial) -> None:
    """Print the alerts, what ends, and what is refused."""
    head = f"source {trial.source.name} ({trial.source.type})"
    if trial.error:
        echo(paint(f"{head} refuses the body: {one_line(trial.error, 500)}", "red"))
    else:
        echo(f"{head}: {plural(len(trial.alerts), 'alert')}")
    for one in trial.alerts:
        _print_alert(one)
    for change in trial.changes:
        labels = format_labels(change.labels)
        echo(f"change  {rfc3339(change.at)}  {one_line(change.title)}  {one_line(labels, 500)}")
    for label, value in trial.ends:
        text = f'{label}="{one_line(value, 200)}"'
        others = " that is not listed above" if trial.alerts else ""
        echo(f"ends every firing alert with {text}{others}")
    if trial.note:
        echo(one_line(trial.note, 500))
    for fault in trial.faults:
        index = "" if fault.index is None else f"alert {fault.index}: "
        field = f"{one_line(fault.field, 100)}: " if fault.field else ""
        echo(paint(f"refused: {index}{field}{one_line(fault.message, 500)}", "red"))
    for repair in trial.repairs:
        field = one_line(repair.field, 100)
        echo(f"changed: alert {repair.index}: {field}: {one_line(repair.message, 500)}")


def _print_alert(one: TriedAlert) -> None:
    alert = one.alert
    state = paint("firing", "red") if one.firing else paint("resolved", "green")
    echo(f"{state}  {one_line(format_labels(alert.labels), 2000)}")
    for name, text in alert.annotations.items():
        echo(f"  {one_line(name, 100)}: {one_line(text, 500)}")
    if alert.generator_url:
        echo(f"  link: {one_line(alert.generator_url, 500)}")
    if alert.starts_at is not None:
        echo(f"  starts: {rfc3339(alert.starts_at)}")
    if alert.ends_at is not None:
        echo(f"  ends: {rfc3339(alert.ends_at)}")
    echo(f"  receivers: {', '.join(one.receivers)}")


def trial_json(trial: Trial) -> dict[str, Any]:
    """Return the result for programs; times are RFC 3339."""
    return {
        "source": trial.source.name,
        "type": trial.source.type,
        "alerts": [
            {
                "status": "firing" if one.firing else "resolved",
                "labels": dict(one.alert.labels),
                "annotations": dict(one.alert.annotations),
                "generator_url": one.alert.generator_url,
                "starts_at": rfc3339(one.alert.starts_at),
                "ends_at": rfc3339(one.alert.ends_at),
                "receivers": list(one.receivers),
            }
            for one in trial.alerts
        ],
        "changes": [
            {
                "at": rfc3339(one.at),
                "title": one.title,
                "link": one.link,
                "labels": dict(one.labels),
                "status": one.status,
                "key": one.key,
            }
            for one in trial.changes
        ],
        "ends": [{label: value} for label, value in trial.ends],
        "note": trial.note,
        "error": trial.error,
        "refused": [fault.to_json() for fault in trial.faults],
        "changed": [repair.to_json() for repair in trial.repairs],
    }
