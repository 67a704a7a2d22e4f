"""`gateway move`: an SQLite database becomes a PostgreSQL one, with everything in flight."""

from pathlib import Path

import click

from gateway.cli.support.context import CliContext, json_option, pass_context
from gateway.cli.support.output import echo, echo_json
from gateway.cli.support.transfers import database_url, messages, transfer


@click.command("move")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@pass_context
def command(context: CliContext, file: Path, *, as_json: bool) -> None:
    """Move the SQLite database FILE to the PostgreSQL of GATEWAY_DATABASE_URL.

    \b
    export GATEWAY_DATABASE_URL=postgresql://gateway@db.example.com/gateway
    gateway move data/gateway.db

    Stop the gateway first. Everything is moved, also messages that wait or are in flight: all
    rows in one transaction, then counted and compared on both sides. A killed move is run again.
    It refuses a PostgreSQL database with data in it. FILE stays as it is, marked so that no
    gateway starts on it any more.
    """
    from gateway.store.transfer.move import move

    with transfer("move") as progress:
        moved = move(file, database_url(context), progress=progress)
    if as_json:
        echo_json({"file": str(file), **moved._asdict()})
        return
    done = "was moved before, and is complete" if moved.resumed else "moved"
    echo(f"{file} {done}: {moved.rows:,} rows, each compared on both sides")
    echo(f"{messages(moved.unfinished)} unfinished: the gateway sends them when it starts.")
    echo("Start the gateway with this GATEWAY_DATABASE_URL. No gateway starts on the file now.")
    echo("Set GATEWAY_SECRET_KEY to the content of secret.key, or keep that file: links in sent")
    echo("messages need it.")
