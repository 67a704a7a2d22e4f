"""`gateway migrate`: upgrade of the database's tables to the version that this program needs."""

import click

from gateway.cli.support.context import FAILED, CliContext, CliError, json_option, pass_context
from gateway.cli.support.output import echo, echo_json


@click.command("migrate")
@click.option("--check", is_flag=True, help="Change nothing; exit status 1 if an upgrade is due.")
@json_option
@pass_context
def command(context: CliContext, *, check: bool, as_json: bool) -> None:
    """Upgrade the database to the version that this program needs.

    `gateway serve` also upgrades the embedded database. PostgreSQL is upgraded only by this
    command; run it before you start the new version. It runs in one transaction: all or nothing.
    """
    from gateway.store import StoreUnavailableError
    from gateway.store.db.errors import SchemaMismatchError
    from gateway.store.db.location import parse_url
    from gateway.store.schema.version import current_revision, head_revision

    # Never printed: it may hold a password.
    url = context.settings().database_url.reveal()
    try:
        location = parse_url(url)
        before, head = current_revision(url), head_revision()
        if not check and before != head:
            from gateway.store import migrate

            migrate(url)
    except SchemaMismatchError as error:
        raise CliError(str(error)) from None
    except StoreUnavailableError as error:
        raise CliError(f"the database cannot be migrated: {error}") from None
    due = before != head
    name = f"{location.database} {location.path}" if location.path else location.database
    if as_json:
        echo_json(
            {"database": name, "from": before, "to": head, "due": due, "done": due and not check}
        )
    elif not due:
        echo(f"{name}: at {head}, nothing to do")
    else:
        echo(f"{name}: {before or 'empty'} → {head}{'  (not done: --check)' if check else ''}")
    raise SystemExit(FAILED if due and check else 0)
