"""`gateway feed`: the calendar feeds of a running gateway, their URLs, and how to revoke them."""

from typing import Any

import click

from gateway.cli.support.context import CliError
from gateway.cli.support.incident_text import clock
from gateway.cli.support.output import echo, echo_json, print_columns
from gateway.cli.support.session import Session, pass_session
from gateway.core.text.escape import one_line


@click.group("feed")
def command() -> None:
    """Calendar feeds of rotas and people: print their URLs, revoke them."""


@command.command("list")
@pass_session
def list_feeds(session: Session) -> None:
    """List the feeds: one for each rota and each person.

    \b
    gateway feed list

    URLs are secret: `gateway feed url` prints one.
    """
    feeds = session.api.get("/feeds")["feeds"]
    if session.as_json:
        echo_json({"feeds": [{**one, "url": None} for one in feeds]})
    elif not feeds:
        echo("routes.yaml has neither rotas nor people, so there are no feeds")
    else:
        rows = [
            [one["subject"], one_line(one["name"], 80), _revoked(one, session)] for one in feeds
        ]
        print_columns(rows, ("feed", "of", "URLs revoked"))


@command.command("url")
@click.argument("subject", metavar="FEED")
@pass_session
def url(session: Session, subject: str) -> None:
    """Print the URL of FEED, to subscribe to in a calendar program.

    \b
    gateway feed url rota:billing
    gateway feed url person:ana

    Anyone who has the URL can read the feed, until it is revoked. A calendar program must reach
    the address in GATEWAY_EXTERNAL_URL; Google's reads it from the internet.
    """
    feed = session.api.get("/feeds", subject=subject)["feeds"][0]
    if feed["url"] is None:
        raise CliError(
            "the URL is for clients with write access only: set GATEWAY_API_TOKEN to its token"
        )
    _print_url(session, feed)


@command.command("revoke")
@click.argument("subject", metavar="FEED")
@click.option(
    "--as", "by", metavar="PERSON", required=True, help="Who you are: your id in routes.yaml."
)
@pass_session
def revoke(session: Session, subject: str, by: str) -> None:
    """Revoke every URL of FEED, and print the new one.

    \b
    gateway feed revoke person:ana --as ana

    Calendars that are subscribed to an old URL stop being refreshed.
    """
    _print_url(session, session.api.post("/feeds/revoke", {"subject": subject, "by": by}))


def _print_url(session: Session, feed: dict[str, Any]) -> None:
    if session.as_json:
        echo_json(feed)
    else:
        echo(one_line(feed["url"]))


def _revoked(feed: dict[str, Any], session: Session) -> str:
    if feed["revoked_at"] is None:
        return "never"
    return f"{clock(feed['revoked_at'], session.zone, session.now)} by {feed['revoked_by']}"
