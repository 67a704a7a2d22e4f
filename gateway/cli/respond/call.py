"""`gateway escalate` and `gateway page`: call others to an incident, or without an alert."""

from typing import Any

import click

from gateway.cli.respond.act import act, number
from gateway.cli.support.actor import actor_option
from gateway.cli.support.api_client import read_incident_number
from gateway.cli.support.output import echo, echo_error, echo_json
from gateway.cli.support.session import Session, pass_session
from gateway.core.text.escape import one_line


@click.command("escalate")
@number
@actor_option
@click.option("--text", metavar="TEXT", default="", help="What those who are paged should know.")
@pass_session
def escalate(session: Session, number: int, by: str, text: str) -> None:
    """Take the next escalation step of incident NUMBER now.

    After the last step the first one is taken again. An acknowledgement stays. Exit status 1 if
    the incident's receiver has no escalation, or if it is resolved.

    \b
    gateway escalate 1042 --text "the ledger does not balance" --as ana
    """
    act(session, number, "escalate", {"as": by, "text": text})


@click.command("page")
@click.argument("words", metavar="[NUMBER TARGET... | TEXT]", nargs=-1, required=True)
@click.option("--team", metavar="TEAM", help="Open an incident of this team.")
@click.option("--severity", metavar="NAME", help="Of the new incident.  [default: the worst one]")
@click.option("--label", "labels", metavar="NAME=VALUE", multiple=True, help="A further label.")
@click.option("--text", metavar="TEXT", default="", help="What those who are paged should know.")
@actor_option
@pass_session
def command(
    session: Session,
    words: tuple[str, ...],
    team: str | None,
    severity: str | None,
    labels: tuple[str, ...],
    by: str,
    text: str,
) -> None:
    """Page people: about incident NUMBER, or with TEXT without any alert.

    \b
    gateway page 1042 ben --text "refunds fail" --as ana
    gateway page 1042 rota:platform receiver:everyone --as ana
    gateway page --team billing "customers cannot pay" --as dee

    A TARGET is a person's id, or as in an escalation step: rota:NAME, secondary:NAME,
    members:NAME, receiver:NAME. Without a NUMBER a new incident is opened, which is routed by its
    labels and escalates like any other; resolve it with `gateway resolve`. Exit status 1 if
    nobody would be reached.
    """
    if team is None and not labels:
        incident, *targets = words
        if severity is not None:
            raise click.UsageError("--severity is for a new incident: name its --team")
        if not targets:
            raise click.UsageError("name a TARGET to page about an incident, or a --team with TEXT")
        references = [one if ":" in one else f"person:{one}" for one in targets]
        body = {"as": by, "notify": references, "text": text}
        act(session, read_incident_number(incident), "page", body)
        return
    if len(words) != 1 or text:
        raise click.UsageError('give one TEXT: gateway page --team billing "customers cannot pay"')
    _open(session, {"as": by, "text": words[0], "team": team, "severity": severity}, labels)


def _open(session: Session, body: dict[str, Any], labels: tuple[str, ...]) -> None:
    further = {}
    for one in labels:
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--label {one!r}: write NAME=VALUE")
        further[name] = value
    answer = session.api.post("/pages", {**body, "labels": further})
    for warning in answer["warnings"]:
        echo_error(f"warning: {one_line(warning, 1000)}")
    if session.as_json:
        echo_json(answer)
        return
    for incident in answer["incidents"]:
        team = incident["team"]["name"] if incident["team"] else "no team"
        echo(
            f"#{incident['number']} opened for {one_line(team, 100)}, receiver "
            f"{one_line(incident['receiver'], 100)}   ({one_line(incident['title'], 200)})"
        )
