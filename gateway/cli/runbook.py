"""`gateway runbook`: the runbooks that a running gateway serves, and the text of one."""

from typing import Any

import click

from gateway.cli.support.output import echo, echo_json, print_columns
from gateway.cli.support.session import Session, pass_session
from gateway.core.text.escape import escape_invisible, one_line


@click.command("runbook")
@click.argument("name", required=False)
@pass_session
def command(session: Session, name: str | None) -> None:
    """Print the runbook NAME: of a file, or of an alert.

    Without NAME, list all, and the alerts that were notified without one since the gateway started.

    \b
    gateway runbook
    gateway runbook DoubleChargeDetected
    """
    parameters = {} if name is None else {"name": name}
    answer = session.api.get("/runbooks", **parameters)
    runbooks: list[dict[str, Any]] = answer["runbooks"]
    if session.as_json:
        echo_json(answer)
    elif name is not None:
        echo(escape_invisible(runbooks[0]["text"]).rstrip("\n"))
    elif not runbooks:
        echo("routes.yaml names no folder of runbooks, or it is empty")
    else:
        rows = [[one["name"], one_line(one["title"], 80), _note(one)] for one in runbooks]
        print_columns(rows, ("runbook", "title", ""))
    if name is None and not session.as_json and answer["missing"]:
        echo()
        missing = [
            [_team(one), one["alertname"], str(one["incidents"])] for one in answer["missing"]
        ]
        print_columns(missing, ("team", "alert without a runbook", "incidents"))


def _team(missing: dict[str, Any]) -> str:
    return missing["team"]["name"] if missing["team"] else "no team"


def _note(runbook: dict[str, Any]) -> str:
    return "" if runbook["immediate"] else 'no section "Immediate"'
