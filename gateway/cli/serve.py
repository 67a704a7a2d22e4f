"""`gateway serve`: the server."""

import errno
import gc
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from shlex import quote as quoted
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from gateway import log as logs
from gateway.cli.support.output import echo_error, plural
from gateway.config.load import ConfigError
from gateway.core.plan.accounts import SourceSettings
from gateway.exposure import exposure_warning, loopback_links_warning, missing_external_url_error
from gateway.settings import ServerSettings, SettingError, read_settings, with_secret_files
from gateway.shipped import shipped_file

if TYPE_CHECKING:
    from gateway.flow.engine import Engine


@click.command("serve")
@click.option("--config", type=click.Path(path_type=Path), help="The file with routes.")
@click.option(
    "--templates", type=click.Path(path_type=Path), help="Folder with your own templates."
)
def command(config: Path | None, templates: Path | None) -> None:
    """Serve until SIGTERM or Ctrl-C. Settings come from GATEWAY_* in the environment."""
    import uvloop

    from gateway.app import serve
    from gateway.store import StoreUnavailableError

    try:
        settings = read_settings(with_secret_files(os.environ))
        if missing := missing_external_url_error(settings):
            raise SettingError(missing)
        settings = replace(
            settings,
            config=config or settings.config,
            templates=templates or settings.templates,
        )
        as_json = settings.log == "json" or (settings.log == "auto" and not sys.stderr.isatty())
        logs.setup(settings.log_level, json=as_json, stream=sys.stderr)

        def ready(engine: "Engine", address: str) -> None:
            print_welcome(settings, engine, address)
            tune_garbage_collection()

        uvloop.run(serve(settings, os.environ, ready))
    except ConfigError as error:
        for problem in (*error.masked(), *error.warnings):
            echo_error(str(problem))
        echo_error(f"not started: {plural(len(error.problems), 'error')}")
        raise SystemExit(1) from None
    except SettingError as error:
        echo_error(f"not started: {error}")
        raise SystemExit(1) from None
    except StoreUnavailableError as error:
        echo_error(f"not started: {error} ({_database_hint(settings)})")
        raise SystemExit(1) from None
    except OSError as error:
        echo_error(f"not started: {_os_error_text(error, settings)}")
        raise SystemExit(1) from None


def _database_hint(settings: ServerSettings) -> str:
    """Return which database it is and which setting names it; never a URL with a password."""
    return f"database: {settings.sqlite_path or 'PostgreSQL'}, by GATEWAY_DATABASE_URL"


def _os_error_text(error: OSError, settings: ServerSettings) -> str:
    """Return what the operating system refused, for which file, and which setting to change."""
    if error.errno == errno.EADDRINUSE:
        address = f"{settings.host}:{settings.port}"
        return f"another program listens on {address}: stop it, or set GATEWAY_LISTEN"
    reason = error.strerror or str(error)
    if error.filename is None:
        return reason
    return f"{os.fsdecode(error.filename)}: {reason} ({_database_hint(settings)})"


def tune_garbage_collection() -> None:
    """Exclude the objects of start-up from garbage collection, and collect less often.

    Start-up creates some 130,000 objects that stay: each full collection would stop everything for
    50 to 90 ms to visit them. Reference counting frees most objects of a request when it ends, so
    Python's thresholds, made for small programs, are too low.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def sample_path() -> Path:
    """Return the shipped sample alert, relative to the current folder if it is below it."""
    path = shipped_file("sample-alert.json")
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def sample_command(sources: Iterable[SourceSettings], address: str) -> str:
    """Return a command that posts the sample, to an open source where there is one."""
    webhooks = sorted(
        (one for one in sources if one.type == "alertmanager"), key=lambda one: not one.open
    )
    sample = quoted(str(sample_path()))
    if not webhooks:
        return f"declare a source of type alertmanager, then post {sample} to it"
    source = webhooks[0]
    note = "" if source.open else "   (add its credentials)"
    # Clients cannot connect to the wildcard address on every system.
    address = address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    return (
        f"curl -H 'Content-Type: application/json' --data @{sample} \\\n"
        f"                 {address}/webhook/{quote(source.name)}{note}"
    )


def print_welcome(settings: ServerSettings, engine: "Engine", address: str) -> None:
    """Print warnings, the address, and what to try next."""
    of_settings = (
        exposure_warning(settings, engine.config.sources.values()),
        loopback_links_warning(settings),
    )
    for warning in (*engine.config.warnings, *filter(None, of_settings)):
        echo_error(f"warning: {warning}")
    click.echo(
        f"""
  The gateway listens on {address}   (database: {engine.store.database}, routes: {settings.config})

  Try it:   {sample_command(engine.config.sources.values(), address)}
  Then:     open the acknowledge link it prints, or run: gateway ack 1001 --as ana
  Open:     {settings.external_url}/            incidents and their timelines
  Check:    gateway check            after each change of {settings.config}; reload with kill -HUP
""",
        err=True,
    )
