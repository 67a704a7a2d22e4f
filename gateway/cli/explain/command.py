"""`gateway explain`: why a person was, or was not, paged, or what an alert would lead to."""

from pathlib import Path
from typing import Any

import click

from gateway.cli.explain.future import explain_future
from gateway.cli.silence.text import SHORT, period_text, reason_text
from gateway.cli.support import incident_text
from gateway.cli.support.api_client import read_incident_number
from gateway.cli.support.context import config_option
from gateway.cli.support.label_arguments import label_arguments
from gateway.cli.support.output import echo, echo_json, paint, print_columns
from gateway.cli.support.session import Session, pass_session
from gateway.cli.support.times import TIME_FORMATS, read_time
from gateway.core.matching.text import write_labels
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import format_rfc3339, parse_rfc3339
from gateway.render.view.times import duration


@click.command("explain")
@click.argument("what", metavar="[NUMBER | LABEL=VALUE...]", nargs=-1)
@click.option("--person", metavar="ID", help="What this person was notified of, what not, and why.")
@click.option(
    "--since",
    metavar="TIME",
    help="With --person: from when, such as 2h or a date.  [default: 24h]",
)
@click.option(
    "--if",
    "is_hypothesis",
    is_flag=True,
    help="What would follow from an alert with these labels, until it ends.",
)
@click.option("--at", metavar="TIME", help=f"With --if: when it fires: {TIME_FORMATS}.")
@click.option(
    "--lasts", metavar="DURATION", help="With --if: when it is resolved.  [default: after 1d]"
)
@click.option(
    "--file", "from_file", is_flag=True, help="With --if: read routes.yaml alone, ask no gateway."
)
@config_option
@pass_session
def command(
    session: Session,
    what: tuple[str, ...],
    person: str | None,
    since: str | None,
    at: str | None,
    lasts: str | None,
    config: Path | None,
    *,
    is_hypothesis: bool,
    from_file: bool,
) -> None:
    """Answer "why was I (not) paged?" from what is stored, or "what if?".

    \b
    gateway explain 1042
    gateway explain alertname=DoubleCharge team=billing
    gateway explain '{alertname="DoubleCharge", "my label"="x y"}'
    gateway explain --person ana --since 2h
    gateway explain --if severity=critical team=billing --at "Sat 03:00"

    For an incident, for the alerts that have these labels, or for a person: what was decided and
    why, which message notified whom, what was suppressed by what, and what comes next.

    With --if for an alert that was not seen yet: its route, who is notified when and by what if
    nobody acts, the steps of its escalation, repeats, and what suppresses it. It is played in
    virtual time by the rules that decide for real alerts. The running gateway does that: it has
    the changes made at run time, silences, and the alerts that inhibit it now. If none answers,
    routes.yaml alone is read; --file and --config do that at once. A TIME without a zone is read
    in the zone of business_hours.
    """
    if is_hypothesis:
        if person is not None or since is not None or not what:
            raise click.UsageError("--if needs labels, and neither --person nor --since")
        source = None if from_file or config is not None else session.api
        explain_future(session, label_arguments(what), at, lasts, config, source)
        return
    if at is not None or lasts is not None or from_file or config is not None:
        raise click.UsageError("--at, --lasts, --file and --config need --if")
    subject: dict[str, str | int | None] = {}
    if bool(what) == (person is not None):
        raise click.UsageError("name an incident, labels or --person, and only one of them")
    if since is not None and person is None:
        raise click.UsageError("--since needs --person")
    if person is not None:
        subject = {"person": person, "since": _since(since, session.now, session.zone)}
    elif len(what) == 1 and "=" not in what[0] and not what[0].startswith("{"):
        subject = {"incident": read_incident_number(what[0])}
    else:
        labels = label_arguments(what)
        if not labels:
            raise click.UsageError(
                "no label has a value: write NAME=VALUE, or an incident's number"
            )
        subject = {"labels": write_labels(labels)}
    answer = session.api.get("/explain", zone=session.zone, **subject)
    if session.as_json:
        echo_json(answer)
    else:
        _print(answer, session.zone, session.now, whole_incident="incident" in subject)


def _since(text: str | None, now: float, zone: str) -> str | None:
    if text is None:
        return None
    word = text.strip()
    # "2h" means two hours ago: --since is never in the future.
    if word[-1:].isalpha() and word[:1].isdigit() and "T" not in word:
        word = f"-{word}"
    return format_rfc3339(read_time(word, now, zone, "--since"), milliseconds=False)


def _print(answer: dict[str, Any], zone: str, now: float, *, whole_incident: bool) -> None:
    if not whole_incident:
        for sentence in answer["answer"]:
            echo(one_line(sentence))
    for alert in answer["alerts"]:
        echo()
        _print_alert(alert, zone, now)
    for index, incident in enumerate(answer["incidents"]):
        if index or not whole_incident:
            echo()
        incident_text.print_heading(incident, zone, now)
        for sentence in incident["why"]:
            echo(f"  {one_line(sentence)}")
        if whole_incident or answer["person"] is None:
            incident_text.print_timeline(incident["timeline"], zone, now)
            incident_text.print_notices(incident["notices"], zone, now)
    if answer["on_call"]:
        echo()
        echo(paint("on call", bold=True))
        print_columns(
            [
                [shift["rota"], incident_text.clock(shift["from"], zone, now), "to",
                 incident_text.clock(shift["to"], zone, now), shift["by"] or ""]
                for shift in answer["on_call"]
            ],
            indent=2,
        )  # fmt: skip


def _print_alert(alert: dict[str, Any], zone: str, now: float) -> None:
    echo(paint(one_line(write_labels(alert["labels"]), 1000), bold=True))
    text = f"{alert['status']}, began {incident_text.clock(alert['starts_at'], zone, now)}"
    if alert["status"] == "resolved" and alert["ends_at"]:
        text += f", resolved {incident_text.clock(alert['ends_at'], zone, now)}"
    text += f"; last reported {incident_text.clock(alert['received_at'], zone, now)}"
    echo(f"  {text} by source {one_line(alert['source'])}")
    numbers = ", ".join(f"#{number}" for number in alert["incidents"]) or "none"
    echo(f"  goes to {one_line(', '.join(alert['receivers']))}; incidents: {numbers}")
    _print_episodes(alert, zone, now)
    for silence in alert["silenced_by"]:
        who, until = silence["created_by"]["name"], period_text(silence, zone, now)
        why = one_line(reason_text(silence), 300)
        echo(f"  silenced by {one_line(who, 80)} until {until}: {why} ({silence['id'][:SHORT]})")


def _print_episodes(alert: dict[str, Any], zone: str, now: float) -> None:
    """Print the firings before the latest one, which the lines above are about."""
    if alert["episode_count"] < 2:
        return
    echo(f"  fired {alert['episode_count']} times that are stored, the latest first:")
    for one in alert["episodes"]:
        starts_at = incident_text.clock(one["starts_at"], zone, now)
        if one["ends_at"] is None:
            text = f"since {starts_at}, firing"
        else:
            seconds = parse_rfc3339(one["ends_at"]) - parse_rfc3339(one["starts_at"])
            text = f"at {starts_at} for {duration(seconds)}, {one['state']}"
        numbers = ", ".join(f"#{number}" for number in one["incidents"])
        echo(f"    {text}" + (f"; incident {numbers}" if numbers else ""))
    hidden = alert["episode_count"] - len(alert["episodes"])
    if hidden > 0:
        echo(f"    … {hidden} more: see GET /api/v1/alerts/history")
