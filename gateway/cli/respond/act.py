"""The call of an action's endpoint, and what is printed of its answer."""

import shlex
from typing import Any

import click

from gateway.cli.support.api_client import number_argument
from gateway.cli.support.output import echo, echo_error, echo_json
from gateway.cli.support.session import Session
from gateway.cli.support.times import read_time
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import format_rfc3339, parse_duration

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


def end_of(session: Session, until: str | None, lasts: str | None) -> str | None:
    """Return the instant that --until or --for names; None without either.

    Raises click.UsageError for both, and for a time that cannot be read.
    """
    if until is not None and lasts is not None:
        raise click.UsageError("--for and --until both set the end: give one of them")
    if until is not None:
        return format_rfc3339(read_time(until, session.now, session.zone, "--until"))
    if lasts is None:
        return None
    try:
        seconds = parse_duration(lasts)
    except ValueError as error:
        raise click.UsageError(f"--for: {error}") from None
    if seconds <= 0:
        raise click.UsageError("--for: must be longer than zero")
    return format_rfc3339(session.now + seconds)
