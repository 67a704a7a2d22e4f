"""`gateway incidents`: the list of incidents, and one incident in detail."""

from typing import Any

import click

from gateway.cli.support import incident_text
from gateway.cli.support.api_client import Api, number_argument
from gateway.cli.support.output import Cell, echo, echo_json, print_columns, severity_colour
from gateway.cli.support.session import Session, pass_session
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import parse_rfc3339
from gateway.render.view.counts import counts_text
from gateway.render.view.times import duration

PAGE_SIZE = 500
"""Incidents in one request of --all, the most that the API returns."""

STATES = ("open", "firing", "suppressed", "acknowledged", "resolved", "all")


@click.command("incidents")
@click.argument("number", callback=number_argument, required=False)
@click.option(
    "--state",
    type=click.Choice(STATES),
    default="open",
    show_default=True,
    help="Only those in it.",
)
@click.option("--receiver", metavar="NAME", help="Only those of this receiver.")
@click.option("--team", metavar="ID", help="Only those of this team; none: without a team.")
@click.option("--severity", metavar="NAME", help="Only those of this severity.")
@click.option("--test/--no-test", default=None, help="Only tests, or all others.")
@click.option("--search", metavar="TEXT", help="Only those with it in title, labels or receiver.")
@click.option(
    "--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="At most so many."
)
@click.option("--all", "unlimited", is_flag=True, help="Without a limit.")
@pass_session
def command(
    session: Session,
    number: int | None,
    state: str,
    receiver: str | None,
    team: str | None,
    severity: str | None,
    search: str | None,
    limit: int,
    *,
    test: bool | None,
    unlimited: bool,
) -> None:
    """List incidents, or show incident NUMBER with its timeline, messages and alerts.

    The most urgent come first: unacknowledged, then suppressed (silenced, inhibited or muted),
    then acknowledged; within each, the most severe first, then the oldest. Resolved ones follow,
    the newest first. `--state firing` includes the suppressed ones.

    \b
    gateway incidents
    gateway incidents --all
    gateway incidents --state all --receiver billing-critical
    gateway incidents --team billing
    gateway incidents 1042
    """
    if number is not None:
        incident = session.api.get(f"/incidents/{number}")
        if session.as_json:
            echo_json(incident)
        else:
            incident_text.print_incident(incident, session.zone, session.now)
        return
    page = _fetch(
        session.api,
        unlimited=unlimited,
        state=None if state == "all" else state,
        receiver=receiver,
        team=team,
        severity=severity,
        q=search,
        test=None if test is None else str(test).lower(),
        limit=PAGE_SIZE if unlimited else limit,
    )
    if session.as_json:
        echo_json(page)
    elif not page["incidents"]:
        echo("no incidents" if state == "all" else f"no incidents are {state}")
    else:
        _print(page, session.zone, session.now, state, limit)


def _print(page: dict[str, Any], zone: str, now: float, state: str, limit: int) -> None:
    counts = [(one["state"], one["severity"], one["count"]) for one in page["counts"]]
    if counts:
        echo(one_line(counts_text(counts), 500))
        echo()
    rows = [_row(one, zone, now) for one in page["incidents"]]
    headings = ["number", "severity", "state", "since", "acknowledge by", "receiver", "what"]
    if any(one["team"] for one in page["incidents"]):
        headings.insert(-2, "team")
        for row, one in zip(rows, page["incidents"], strict=True):
            row.insert(-2, one["team"]["name"] if one["team"] else "no team")
    print_columns(rows, headings)
    if page["next"] is not None:
        echo(_more(page, state, limit))


def _fetch(api: Api, *, unlimited: bool, **query: str | int | None) -> dict[str, Any]:
    """Return the first page of incidents; with `unlimited`, all pages in one."""
    page: dict[str, Any] = api.get("/incidents", **query)
    while unlimited and page["next"] is not None:
        more = api.get("/incidents", **query, cursor=page["next"])
        page = {**more, "incidents": [*page["incidents"], *more["incidents"]]}
    return page


def _more(page: dict[str, Any], state: str, limit: int) -> str:
    """Return how many are not shown; resolved ones are not counted, as there may be very many."""
    hidden = sum(one["count"] for one in page["counts"]) - limit
    number = "" if state in ("all", "resolved") else f"{hidden} "
    if state == "all" and hidden > 0:  # open ones come first, so no resolved one is shown
        return f"… {hidden} open and all resolved ones are not shown: --all shows them"
    return f"… {number}more: --all shows them, --limit more at once"


def _row(one: dict[str, Any], zone: str, now: float) -> list[Cell]:
    return [
        f"#{one['number']}",
        (one["severity"] or "none", severity_colour(one["severity"])),
        _state(one),
        incident_text.clock(one["since"], zone, now),
        _acknowledge_by(one, zone, now),
        one["receiver"],
        one["title"],
    ]


def _state(one: dict[str, Any]) -> Cell:
    ack = one["acknowledged"]
    if one["state"] == "resolved":
        person = f"; {ack['by']['name']} had acknowledged it" if ack else ""
        return f"resolved after {duration(one['lasted'])}{person}", "green"
    if ack:
        return f"acknowledged by {ack['by']['name']}"
    return "suppressed" if one["suppressed"] else "unacknowledged"


def _acknowledge_by(one: dict[str, Any], zone: str, now: float) -> Cell:
    """Return by when to acknowledge, and whether that was missed; empty without such a time."""
    missed = "missed" if one["missed_at"] else ""
    if one["why_quiet"]:
        return "not notifying"
    if one["respond_by"] is None:
        return missed, "red"
    until = incident_text.clock(one["respond_by"], zone, now)
    if parse_rfc3339(one["respond_by"]) < now:
        return f"overdue since {until}", "red"
    return (f"{until}, {missed}", "red") if missed else until
