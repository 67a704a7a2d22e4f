"""`gateway silence`: make, list and end silences of a gateway that runs."""

from typing import Any

import click

from gateway.cli.silence.add import command as add
from gateway.cli.silence.text import SHORT, matchers_text, period_text, reason_text
from gateway.cli.support import incident_text
from gateway.cli.support.api_client import api_of, url_option
from gateway.cli.support.context import CliContext, CliError, json_option, pass_context
from gateway.cli.support.label_arguments import matcher_arguments
from gateway.cli.support.output import Cell, echo, echo_json, print_columns
from gateway.core.matching.matcher import RESERVED, Matcher
from gateway.core.matching.parse import parse_matchers
from gateway.core.text.escape import one_line

_STATES = {"active": "green", "pending": "yellow", "expired": None}


@click.group("silence")
def command() -> None:
    """Keep alerts quiet for a time: make silences, list them, end them."""


command.add_command(add)


@command.command("list")
@click.argument("matchers", metavar="[MATCHER...]", nargs=-1)
@click.option("--expired", is_flag=True, help="Those too that ended in the last five days.")
@incident_text.zone_option
@url_option
@json_option
@pass_context
def listed(
    context: CliContext,
    matchers: tuple[str, ...],
    expired: bool,
    zone: str | None,
    url: str | None,
    as_json: bool,
) -> None:
    """List silences, those first that end first.

    \b
    gateway silence list
    gateway silence list team=billing --expired

    With LABEL=VALUE those that could silence an alert that has it; what a silence says of other
    labels is left open. The other operators look at what the silence itself says, as in amtool.
    Why one alert keeps quiet, `gateway explain LABEL=VALUE...` tells.
    """
    seen_from = incident_text.zone_of(context, zone)
    wanted = matcher_arguments(matchers)
    found = api_of(context, url).get("/silences", ended="true" if expired else None)["silences"]
    found = [one for one in found if all(_fits(one, matcher) for matcher in wanted)]
    if as_json:
        echo_json({"silences": found})
        return
    if not found:
        echo("no silences" + (" that could silence that" if wanted else ""))
        return
    print_columns(
        [_row(one, seen_from, context.now()) for one in found],
        ("id", "state", "until", "by", "what", "why"),
    )


@command.command("expire")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@incident_text.zone_option
@url_option
@json_option
@pass_context
def expire(
    context: CliContext, ids: tuple[str, ...], zone: str | None, url: str | None, as_json: bool
) -> None:
    """End silences now. Whoever was told of alerts that still fire hears of them again.

    \b
    gateway silence expire 75315819

    The beginning of an ID is enough where it names one silence only. Exit status 1 when there is
    no such silence; nothing is ended then.
    """
    seen_from = incident_text.zone_of(context, zone)
    api = api_of(context, url)
    known = api.get("/silences", ended="true")["silences"]
    named = [_named(text, known) for text in ids]
    ended = [api.delete(f"/silences/{one['id']}") for one in named]
    if as_json:
        echo_json({"silences": ended})
        return
    for before, after in zip(named, ended, strict=True):
        when = incident_text.clock(after["ends_at"], seen_from, context.now())
        said = f"had ended at {when}" if before["state"] == "expired" else f"ended at {when}"
        echo(f"{after['id'][:SHORT]} {said}: {one_line(matchers_text(after), 300)}")


def _named(text: str, known: list[dict[str, Any]]) -> dict[str, Any]:
    """The silence whose id begins so. Raises Stop when there is none, or more than one."""
    found = [one for one in known if one["id"].startswith(text.lower())]
    if len(found) == 1 and text:
        return found[0]
    shown = one_line(text, 50)
    if not found:
        raise CliError(
            f"there is no silence {shown!r}: `gateway silence list` shows those there are"
        )
    ids = ", ".join(one["id"] for one in found[:5])
    raise CliError(f"{shown!r} names {len(found)} silences: {ids}; write more of it")


def _fits(silence: dict[str, Any], wanted: Matcher) -> bool:
    texts = silence["matchers"]
    if RESERVED.isdisjoint(wanted.name) and wanted.name.isprintable():
        # Names with escapes are compared only after parsing.
        texts = [text for text in texts if wanted.name in text]
    every = [matcher for text in texts for matcher in parse_matchers(text)]
    said = [matcher for matcher in every if matcher.name == wanted.name]
    if wanted.op == "=":
        return all(matcher.matches_value(wanted.value) for matcher in said)
    if not said:
        return wanted.op in ("!=", "!~")
    return any(wanted.matches_value(matcher.value) for matcher in said)


def _row(one: dict[str, Any], zone: str, now: float) -> list[Cell]:
    return [
        one["id"][:SHORT],
        (one["state"], _STATES.get(one["state"])),
        period_text(one, zone, now),
        one["created_by"]["name"],
        matchers_text(one),
        reason_text(one),
    ]
