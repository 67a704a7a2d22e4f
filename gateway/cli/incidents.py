"""`gateway incidents`: what goes on, and one incident with everything that happened."""

from typing import Any

import click

from gateway.cli.support import incident_text
from gateway.cli.support.api_client import Api, api_of, number_argument, url_option
from gateway.cli.support.context import CliContext, json_option, pass_context
from gateway.cli.support.output import Cell, echo, echo_json, print_columns, severity_colour
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import parse_rfc3339
from gateway.render.view.counts import counts_text
from gateway.render.view.times import duration

MOST_AT_ONCE = 500
"""Incidents asked for in one request, the most that the API gives."""

STATES = ("open", "firing", "suppressed", "acknowledged", "resolved", "all")


@click.command("incidents")
@click.argument("number", callback=number_argument, required=False)
@click.option(
    "--state", type=click.Choice(STATES), default="open", show_default=True, help="Which ones."
)
@click.option("--receiver", metavar="NAME", help="Only those of this receiver.")
@click.option("--severity", metavar="NAME", help="Only those of this severity.")
@click.option("--search", metavar="TEXT", help="Only those with this in title, labels, receiver.")
@click.option(
    "--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many."
)
@click.option("--all", "everything", is_flag=True, help="Without a limit.")
@incident_text.zone_option
@url_option
@json_option
@pass_context
def command(
    context: CliContext,
    number: int | None,
    state: str,
    receiver: str | None,
    severity: str | None,
    search: str | None,
    limit: int,
    everything: bool,
    zone: str | None,
    url: str | None,
    as_json: bool,
) -> None:
    """List incidents, or show incident NUMBER with its timeline, messages and alerts.

    The most urgent come first: unacknowledged, then suppressed (silenced, inhibited or muted),
    then acknowledged; in each the most severe, then the first opened. Resolved ones follow, the
    newest first. `--state firing` includes the suppressed ones.

    \b
    gateway incidents
    gateway incidents --all
    gateway incidents --state all --receiver billing-critical
    gateway incidents 1042
    """
    seen_from = incident_text.zone_of(context, zone)
    api = api_of(context, url)
    if number is not None:
        incident = api.get(f"/incidents/{number}")
        if as_json:
            echo_json(incident)
        else:
            incident_text.print_incident(incident, seen_from, context.now())
        return
    page = _listed(
        api,
        everything,
        state=None if state == "all" else state,
        receiver=receiver,
        severity=severity,
        q=search,
        limit=MOST_AT_ONCE if everything else limit,
    )
    if as_json:
        echo_json(page)
        return
    if not page["incidents"]:
        echo("no incidents" if state == "all" else f"no incidents are {state}")
        return
    counts = [(one["state"], one["severity"], one["count"]) for one in page["counts"]]
    if counts:
        echo(one_line(counts_text(counts), 500))
        echo()
    print_columns(
        [_row(one, seen_from, context.now()) for one in page["incidents"]],
        ("number", "severity", "state", "since", "acknowledge by", "receiver", "what"),
    )
    if page["next"] is not None:
        echo(_more(page, state, limit))


def _listed(api: Api, everything: bool, **query: str | int | None) -> dict[str, Any]:
    """The page; with `everything` all pages in one."""
    page: dict[str, Any] = api.get("/incidents", **query)
    while everything and page["next"] is not None:
        more = api.get("/incidents", **query, cursor=page["next"])
        page = {**more, "incidents": [*page["incidents"], *more["incidents"]]}
    return page


def _more(page: dict[str, Any], state: str, limit: int) -> str:
    """Return how many are not shown. Resolved ones are not counted: they may be very many."""
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
        _answer_by(one, zone, now),
        one["receiver"],
        one["title"],
    ]


def _state(one: dict[str, Any]) -> Cell:
    ack = one["acknowledged"]
    if one["state"] == "resolved":
        had = f"; {ack['by']['name']} had acknowledged it" if ack else ""
        return f"resolved, lasted {duration(one['lasted'])}{had}", "green"
    if ack:
        return f"{ack['by']['name']} has it"
    return "suppressed" if one["suppressed"] else "unacknowledged"


def _answer_by(one: dict[str, Any], zone: str, now: float) -> Cell:
    """By when to acknowledge; empty when nobody is asked to."""
    if one["why_quiet"]:
        return "not notifying"
    if one["respond_by"] is None:
        return ""
    until = incident_text.clock(one["respond_by"], zone, now)
    return (f"overdue since {until}", "red") if parse_rfc3339(one["respond_by"]) < now else until
