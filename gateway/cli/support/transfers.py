"""What the commands that copy whole databases share: errors, progress, and what follows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gateway.cli.support.context import CliContext, CliError
from gateway.cli.support.output import plural
from gateway.cli.support.progress import Progress
from gateway.store import StoreError


def database_url(context: CliContext) -> str:
    """Return the URL of the database. Never print it: it may hold a password."""
    return context.settings().database_url.reveal()


@contextmanager
def transfer(what: str) -> Iterator[Callable[[str, int], None]]:
    """Yield a function that shows progress. Raises CliError, with its cause, for a failure."""
    try:
        with Progress() as line:
            yield lambda table, rows: line.show(f"{what}: {table}, {rows:,} rows")
    except StoreError as error:
        raise CliError(f"{what}: {error}") from None
    except OSError as error:
        raise CliError(f"{what}: {error.filename or 'file'}: {error.strerror}") from None


def messages(count: int) -> str:
    """Return a number of messages in words."""
    return plural(count, "message") + (" is" if count == 1 else " are")
