"""`gateway verify`: whether the gateway kept its promises, by its stored history."""

from collections.abc import Mapping
from typing import Any

import click

from gateway.cli.support.output import Cell, echo, echo_json, paint, print_columns
from gateway.cli.support.session import Session, pass_session
from gateway.cli.support.spans import read_span
from gateway.cli.support.times import TIME_FORMATS
from gateway.core.time.timestamps import format_rfc3339, local_minute, parse_rfc3339
from gateway.render.view.verification import checked_text, result_heading

PATIENCE = 1800.0
"""Seconds to wait for the answer: a year of a large installation takes minutes."""


@click.command("verify")
@click.option("--from", "start", metavar="TIME", help=f"{TIME_FORMATS}.  [default: -1d]")
@click.option("--to", "end", metavar="TIME", default="now", help="[default: now]")
@click.option("--last", metavar="DURATION", help="In place of --from: 24h, 7d.")
@click.option(
    "--record", is_flag=True, help="Store the result: the page, metric and own alert follow it."
)
@pass_session
def command(
    session: Session, start: str | None, end: str, last: str | None, *, record: bool
) -> None:
    """Prove by stored history that every promise was kept.

    \b
    gateway verify
    gateway verify --last 7d
    gateway verify --from 2026-11-01 --to 2026-12-01 --json
    gateway verify --last 2d --record

    It checks the incidents that were open in the span, with their messages and timelines, the
    alerts, and the outbox as it is now. It prints "0 missing", or a line for each broken promise:
    when, which incident, what is wrong, and what to do. Exit status 1 if something is missing.
    """
    first, until = read_span(session.now, session.zone, start, end, last, "-1d")
    span = {"from": format_rfc3339(first), "to": format_rfc3339(until)}
    api = session.api.with_timeout(PATIENCE)
    result = api.post("/verify", span) if record else api.get("/verify", **span)
    if session.as_json:
        echo_json(result)
    else:
        _print(result, session.zone)
    if result["missing"]:
        raise click.exceptions.Exit(1)


def _print(result: Mapping[str, Any], zone: str) -> None:
    start, end = (local_minute(parse_rfc3339(result[name]), zone) for name in ("from", "to"))
    echo(f"Checked {checked_text(result['checked'])} from {start} to {end}")
    if result["deleted_before"]:
        at = local_minute(parse_rfc3339(result["deleted_before"]), zone)
        echo(paint(f"incomplete: incidents resolved before {at} are deleted", "yellow"))
    for downtime in result["downtimes"]:
        since, until = (
            local_minute(parse_rfc3339(downtime[name]), zone) for name in ("from", "to")
        )
        echo(f"no gateway worked from {since} to {until}: what waited for that is not late")
    if result["broken"]:
        echo()
        print_columns(
            [_row(one, zone) for one in result["broken"]],
            ("at", "incident", "promise", "what", "what to do"),
        )
    if result["not_listed"]:
        echo(f"and {result['not_listed']} more")
    echo()
    missing = result["missing"]
    echo(paint(result_heading(missing), "red" if missing else "green", bold=True))


def _row(broken: Mapping[str, Any], zone: str) -> list[Cell]:
    incident = "–" if broken["incident"] is None else f"#{broken['incident']}"
    what = broken["what"]
    if broken["incident"] is None and broken["subject"]:
        what = f"{broken['subject']}: {what}"
    return [
        local_minute(parse_rfc3339(broken["at"]), zone),
        incident,
        (f"{broken['promise']}: {broken['check']}", "red"),
        what,
        broken["action"],
    ]
