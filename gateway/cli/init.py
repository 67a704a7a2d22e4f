"""`gateway init`: the first files of a new gateway."""

import os
import shlex
from pathlib import Path

import click

from gateway.cli.support.context import CliError, json_option
from gateway.cli.support.output import echo, echo_json
from gateway.files import write_atomically
from gateway.shipped import shipped_file

ROUTES = "routes.yaml"
SCHEMA = "routes.schema.json"
SAMPLE = "sample-alert.json"
MONITORING = ("gateway.rules.yml", "gateway.dashboard.json", "alerts.dashboard.json")
_SCHEMA_IN_CHECKOUT = b"docs/routes.schema.json"
_FILE_MODE = 0o644


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option(
    "--monitoring",
    is_flag=True,
    help="Also write rules for Prometheus and dashboards for Grafana, about the gateway.",
)
@json_option
def command(folder: Path, *, monitoring: bool, as_json: bool) -> None:
    """Write a commented routes.yaml, its schema and a sample alert into FOLDER (default: here).

    A file that exists is never replaced: if one of them exists, nothing is written.
    """
    contents = new_files(monitoring=monitoring)
    existing = [name for name in contents if os.path.lexists(folder / name)]
    if existing:
        raise CliError(
            f"nothing was written, because {', '.join(str(folder / name) for name in existing)} "
            "exists: name another folder, as in: gateway init my-gateway"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            write_atomically(folder / name, content, mode=_FILE_MODE, replace=False)
    except OSError as error:
        raise CliError(f"{error.filename}: {error.strerror}") from None
    if as_json:
        echo_json({"written": [str(folder / name) for name in contents]})
        return
    for name in contents:
        echo(f"wrote {folder / name}")
    enter = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))}\n  "
    echo(
        f"""
Next:
  {enter}gateway check     list every error of {ROUTES}
  gateway serve     serve on http://127.0.0.1:9095; without tokens, messages are printed"""
    )


def new_files(*, monitoring: bool) -> dict[str, bytes]:
    """Return the content of each new file by its name."""
    names = [SCHEMA, SAMPLE, *(MONITORING if monitoring else ()), ROUTES]
    contents = {name: shipped_file(name).read_bytes() for name in names}
    contents[ROUTES] = contents[ROUTES].replace(_SCHEMA_IN_CHECKOUT, SCHEMA.encode())
    return contents
