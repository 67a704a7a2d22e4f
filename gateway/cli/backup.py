"""`gateway backup`: a consistent copy of the database in one file, while the gateway runs."""

from pathlib import Path

import click

from gateway import __version__
from gateway.cli.support.context import CliContext, json_option, pass_context
from gateway.cli.support.output import echo, echo_json
from gateway.cli.support.transfers import database_url, messages, transfer


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@json_option
@pass_context
def command(context: CliContext, file: Path, *, force: bool, as_json: bool) -> None:
    """Back up the database into FILE, while the gateway runs.

    \b
    gateway backup /backup/gateway-2026-12-01.db
    gateway backup /backup/latest.db --force

    FILE is an SQLite file, also for PostgreSQL, so it can be restored to either. It is complete
    or does not exist. It holds everything in the database: alerts, incidents, messages and their
    attempts, silences, overrides, records. Keep secret.key, routes.yaml, templates and the
    environment with it: they are not in the database.
    """
    from gateway.store.transfer.backup import back_up

    with transfer("backup") as progress:
        made = back_up(
            database_url(context),
            file,
            now=context.now(),
            program=__version__,
            force=force,
            progress=progress,
        )
    if as_json:
        echo_json({"file": str(file), **made._asdict()})
        return
    echo(f"{file}: {made.rows:,} rows, {made.size / 1e6:.1f} MB, version {made.version}")
    echo(f"{messages(made.unfinished)} unfinished in it")
    echo("Not in it: secret.key, routes.yaml, templates, runbooks, and the environment.")
