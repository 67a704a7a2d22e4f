"""`gateway serve`: the server."""

import errno
import gc
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from gateway import log as logs
from gateway.cli.support.output import echo_error, plural
from gateway.config.load import ConfigError
from gateway.core.plan.accounts import SourceSettings
from gateway.exposure import exposure_warning, loopback_links_warning, missing_external_url_error
from gateway.settings import ServerSettings, SettingError, read_settings

if TYPE_CHECKING:
    from gateway.flow.engine import Engine

SAMPLE = "docs/samples/double-charge.json"


@click.command("serve")
@click.option("--config", type=click.Path(path_type=Path), help="The file with routes.")
@click.option("--templates", type=click.Path(path_type=Path), help="Folder with own templates.")
def command(config: Path | None, templates: Path | None) -> None:
    """Serve until told to stop. Settings come from GATEWAY_* in the environment."""
    import uvloop

    from gateway.app import serve
    from gateway.store import StoreUnavailableError

    try:
        settings = read_settings(os.environ)
        if missing := missing_external_url_error(settings):
            raise SettingError(missing)
        settings = replace(
            settings,
            config=config or settings.config,
            templates=templates or settings.templates,
        )
        as_json = settings.log == "json" or (settings.log == "auto" and not sys.stderr.isatty())
        logs.setup(settings.log_level, as_json, sys.stderr)

        def ready(engine: "Engine", address: str) -> None:
            welcome(settings, engine, address)
            settle()

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
        echo_error(f"not started: {error} ({_where(settings)})")
        raise SystemExit(1) from None
    except OSError as error:
        echo_error(f"not started: {_trouble(error, settings)}")
        raise SystemExit(1) from None


def _where(settings: ServerSettings) -> str:
    """Which database it is; of a URL with a password no more than its kind."""
    return f"database: {settings.sqlite_path or 'PostgreSQL'}, by GATEWAY_DATABASE_URL"


def _trouble(error: OSError, settings: ServerSettings) -> str:
    """What the operating system refused, on what, and which setting leads elsewhere."""
    if error.errno == errno.EADDRINUSE:
        address = f"{settings.host}:{settings.port}"
        return f"another program listens on {address}: stop it, or set GATEWAY_LISTEN"
    said = error.strerror or str(error)
    if error.filename is None:
        return said
    return f"{os.fsdecode(error.filename)}: {said} ({_where(settings)})"


def settle() -> None:
    """Let garbage collection look at what requests leave behind, and not at the program itself.

    What start-up made stays for good: some 130,000 objects, and each full collection would stop
    everything for 50 to 90 ms to look at them. Most of what a request makes is gone when it ends,
    without any collection, so that Python's thresholds, made for small programs, are too low.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def sample_command(sources: Iterable[SourceSettings], address: str) -> str:
    """Return a command that posts the sample, to an open source where there is one."""
    webhooks = sorted(
        (one for one in sources if one.type == "alertmanager"), key=lambda one: not one.open
    )
    if not webhooks:
        return f"declare a source of type alertmanager, then post {SAMPLE} to it"
    source = webhooks[0]
    note = "" if source.open else "   (add its credentials)"
    # Clients cannot connect to the wildcard address on every system.
    address = address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    return (
        f"curl -H 'Content-Type: application/json' --data @{SAMPLE} \\\n"
        f"                 {address}/webhook/{quote(source.name)}{note}"
    )


def welcome(settings: ServerSettings, engine: "Engine", address: str) -> None:
    """Say what is doubtful, where it listens and what to try next."""
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
  Look:     {settings.external_url}/            incidents and their timelines
  Check:    gateway check            after each change of {settings.config}; reload with kill -HUP
""",
        err=True,
    )
