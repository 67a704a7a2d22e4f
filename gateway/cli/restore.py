"""`gateway restore`: a backup becomes the database, if it is complete and no gateway runs."""

from pathlib import Path

import click

from gateway.cli.support.context import CliContext, json_option, pass_context
from gateway.cli.support.output import echo, echo_json, paint
from gateway.cli.support.transfers import database_url, messages, transfer
from gateway.core.time.timestamps import format_rfc3339
from gateway.store.transfer.restore import Restored


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace what is in the database.")
@json_option
@pass_context
def command(context: CliContext, file: Path, *, force: bool, as_json: bool) -> None:
    """Restore the database from FILE, a backup. Stop the gateway first.

    \b
    gateway restore /backup/gateway-2026-12-01.db
    gateway restore /backup/gateway-2026-12-01.db --force

    It first checks that FILE is complete and of a version that this program knows. It then
    replaces all or nothing. It refuses a database with data in it, unless --force is added, and
    a database that a gateway uses. A replaced SQLite file is kept beside the new one.
    """
    from gateway.store.transfer.restore import restore

    with transfer("restore") as progress:
        restored = restore(database_url(context), file, force=force, progress=progress)
    about = restored.contents.header
    if as_json:
        created_at = None if about is None else format_rfc3339(about.created_at)
        echo_json(
            {
                "file": str(file),
                "created_at": created_at,
                "version": restored.contents.version,
                "rows": restored.contents.rows,
                "unfinished": restored.contents.unfinished,
                "replaced": None if restored.replaced is None else str(restored.replaced),
            }
        )
    else:
        _print(file, restored)


def _print(file: Path, restored: Restored) -> None:
    contents = restored.contents
    echo(f"restored {contents.rows:,} rows from {file}, version {contents.version}")
    if contents.header is None:
        text = "It was not made by `gateway backup`: its pages were checked, and not its rows."
        echo(paint(text, "yellow"))
    else:
        echo(f"The backup is of {format_rfc3339(contents.header.created_at)}.")
    if restored.replaced is not None:
        echo(f"The replaced database is kept as {restored.replaced}: delete it when all is well.")
    echo()
    echo(
        f"{messages(contents.unfinished)} unfinished in it: the gateway sends them when it starts."
    )
    echo("Those sent since the backup arrive a second time, and acknowledgements since are gone.")
    echo("Firing alerts are posted again by their source. An alert that ended since the backup may")
    echo("stay open: compare `gateway incidents` with Alertmanager, and resolve what is over.")
