"""`gateway source heartbeats`: the jobs that ping, their states and their URLs."""

from typing import Any

import click

from gateway.cli.support.incident_text import clock
from gateway.cli.support.output import echo, echo_json, print_columns
from gateway.cli.support.session import Session, pass_session
from gateway.core.time.timestamps import format_duration

NO_URL = "(needs GATEWAY_API_TOKEN)"


@click.command("heartbeats")
@pass_session
def list_heartbeats(session: Session) -> None:
    """List the jobs that ping: state, last ping, when the next one is due, and the URL.

    \b
    gateway source heartbeats
    gateway source heartbeats --json

    Anyone who has a URL can ping for the job: raise its `generation:` to revoke it.
    """
    answer = session.api.get("/heartbeats")
    heartbeats = answer["heartbeats"]
    if session.as_json:
        echo_json(answer)
    elif not heartbeats:
        echo("routes.yaml declares no heartbeats:")
    else:
        print_columns(
            [_row(one, session) for one in heartbeats],
            ("heartbeat", "state", "last ping", "next due", "schedule", "URL"),
        )


def _row(one: dict[str, Any], session: Session) -> list[str]:
    def at(key: str) -> str:
        return clock(one[key], session.zone, session.now)

    state = one["status"]
    if one["problems"]:
        state += f" ({', '.join(one['problems'])})"
    if one["running_since"]:
        state += f", running since {at('running_since')}"
    last = at("last_ping") or "never"
    if one["last_duration"] is not None:
        last += f", took {format_duration(round(one['last_duration']))}"
    return [one["name"], state, last, at("due_at"), one["schedule"], one["url"] or NO_URL]
