"""`gateway silence`: create, list and expire silences of a running gateway."""

from typing import Any

import click

from gateway.cli.silence.add import command as add
from gateway.cli.silence.text import SHORT, matchers_text, period_text, reason_text
from gateway.cli.support.context import CliError
from gateway.cli.support.incident_text import clock
from gateway.cli.support.label_arguments import matcher_arguments
from gateway.cli.support.output import Cell, echo, echo_json, print_columns
from gateway.cli.support.session import Session, pass_session
from gateway.core.matching.matcher import RESERVED, Matcher
from gateway.core.matching.parse import parse_matchers
from gateway.core.text.escape import one_line

_STATES = {"active": "green", "pending": "yellow", "expired": None}


@click.group("silence")
def command() -> None:
    """Silence alerts for a time: create, list and expire silences."""


command.add_command(add)


@command.command("list")
@click.argument("matchers", metavar="[MATCHER...]", nargs=-1)
@click.option("--expired", is_flag=True, help="Also those that ended in the last five days.")
@pass_session
def list_silences(session: Session, matchers: tuple[str, ...], *, expired: bool) -> None:
    """List silences, those first that end first.

    \b
    gateway silence list
    gateway silence list team=billing --expired

    With LABEL=VALUE, those that could silence an alert with that label, for any other labels. The
    other operators compare with the silence's own matchers, as in amtool. To see why an alert is
    suppressed, run `gateway explain LABEL=VALUE...`.
    """
    filters = matcher_arguments(matchers)
    silences = session.api.get("/silences", ended="true" if expired else None)["silences"]
    silences = [one for one in silences if all(_matches(one, matcher) for matcher in filters)]
    if session.as_json:
        echo_json({"silences": silences})
        return
    if not silences:
        echo("no silences" + (" that could silence that" if filters else ""))
        return
    print_columns(
        [_row(one, session.zone, session.now) for one in silences],
        ("id", "state", "until", "by", "what", "why"),
    )


@command.command("expire")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@pass_session
def expire(session: Session, ids: tuple[str, ...]) -> None:
    """Expire silences now. Alerts that still fire notify again.

    \b
    gateway silence expire 75315819

    The first characters of an ID are enough where they name one silence only. Exit status 1 if
    an ID names no silence; no silence expires then.
    """
    silences = session.api.get("/silences", ended="true")["silences"]
    selected = [_select(text, silences) for text in ids]
    expired = [session.api.delete(f"/silences/{one['id']}") for one in selected]
    if session.as_json:
        echo_json({"silences": expired})
        return
    for before, after in zip(selected, expired, strict=True):
        when = clock(after["ends_at"], session.zone, session.now)
        verb = "had expired" if before["state"] == "expired" else "expired"
        echo(f"{after['id'][:SHORT]} {verb} at {when}: {one_line(matchers_text(after), 300)}")


def _select(text: str, silences: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the only silence whose id begins with `text`. Raises CliError if it is not one."""
    matches = [one for one in silences if one["id"].startswith(text.lower())]
    if len(matches) == 1 and text:
        return matches[0]
    shown = one_line(text, 50)
    if not matches:
        raise CliError(
            f"there is no silence {shown!r}: `gateway silence list` shows those there are"
        )
    ids = ", ".join(one["id"] for one in matches[:5])
    raise CliError(f"{shown!r} names {len(matches)} silences: {ids}; write more of it")


def _matches(silence: dict[str, Any], condition: Matcher) -> bool:
    texts = silence["matchers"]
    if RESERVED.isdisjoint(condition.name) and condition.name.isprintable():
        # Names with escapes can be compared only after parsing.
        texts = [text for text in texts if condition.name in text]
    parsed = [matcher for text in texts for matcher in parse_matchers(text)]
    of_label = [matcher for matcher in parsed if matcher.name == condition.name]
    if condition.op == "=":
        return all(matcher.matches_value(condition.value) for matcher in of_label)
    if not of_label:
        return condition.op in ("!=", "!~")
    return any(condition.matches_value(matcher.value) for matcher in of_label)


def _row(one: dict[str, Any], zone: str, now: float) -> list[Cell]:
    return [
        one["id"][:SHORT],
        (one["state"], _STATES.get(one["state"])),
        period_text(one, zone, now),
        one["created_by"]["name"],
        matchers_text(one),
        reason_text(one),
    ]
