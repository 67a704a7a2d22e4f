"""The call of an action's endpoint, and what is printed of its answer."""

import shlex
from typing import Any

import click

from gateway.cli.support.api_client import number_argument
from gateway.cli.support.output import echo, echo_error, echo_json
from gateway.cli.support.session import Session
from gateway.core.text.escape import one_line

number = click.argument("number", callback=number_argument)


def act(
    session: Session, incident: int, action: str, body: dict[str, Any], undo: str | None = None
) -> None:
    """Run an action and print what it did, and `undo`, the command that undoes it."""
    answer = session.api.post(f"/incidents/{incident}/{action}", body)
    for warning in answer["warnings"]:
        echo_error(f"warning: {one_line(warning, 1000)}")
    if session.as_json:
        echo_json(answer)
        return
    changed = answer["incident"]
    via = "" if changed["number"] == incident else f"#{incident} is merged into "
    echo(f"{via}#{changed['number']} {answer['answer']}   ({one_line(changed['title'], 200)})")
    if undo is not None:
        echo(f"to undo: gateway {undo} --as {quoted(body['as'])}")


def quoted(name: str) -> str:
    """Return a name as an argument of a shell."""
    return shlex.quote(one_line(name, 100))
