"""`gateway import oncall`: translation of an on-call product's export into a routes.yaml."""

from pathlib import Path
from typing import Any

import click

from gateway.cli.import_ import oncall_report as report
from gateway.cli.support.context import FAILED, CliContext, CliError, json_option, pass_context
from gateway.cli.support.output import echo, echo_error, echo_json
from gateway.config.load import ConfigError
from gateway.config.source.problem import shorten
from gateway.files import write_atomically
from gateway.importers.oncall.read.documents import read_documents
from gateway.importers.oncall.read.json_value import ExportError
from gateway.importers.oncall.read.source import Source
from gateway.importers.oncall.recognise import read_export
from gateway.importers.oncall.verify.compare import ComparedSchedule, compare_schedules
from gateway.importers.oncall.write.document import Written, write


@click.command("oncall")
@click.argument("files", metavar="FILE...", nargs=-1, required=True,
                type=click.Path(path_type=Path))  # fmt: skip
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The file to write.  [default: standard output]",
)
@click.option("--force", is_flag=True, help="Replace an existing --output.")
@click.option(
    "--fragment",
    is_flag=True,
    help="Write only people, teams, rotas and escalations, to append to a routes.yaml.",
)
@click.option(
    "--check",
    "strict",
    is_flag=True,
    help="Exit status 1 also if a schedule could not be compared for eight weeks.",
)
@json_option
@pass_context
def command(
    context: CliContext,
    files: tuple[Path, ...],
    output: Path | None,
    *,
    force: bool,
    fragment: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Translate exports of PagerDuty, Opsgenie, GoAlert or Grafana OnCall into a routes.yaml.

    \b
    gateway import oncall pagerduty.json --output routes.yaml --check

    A FILE holds answers of the product's API, one after the other. Schedules become rotas; people,
    teams and escalations come along. What has no counterpart is listed with its path in the export,
    the reason, and what to do: on standard error, and as comments in the file.

    Where the export says who is on call when, eight weeks of it are compared with the new rotas.
    Exit status 1 if they differ; the file is written all the same.
    """
    if output is not None and output.exists() and not force:
        raise click.UsageError(f"--output {output}: the file exists; --force replaces it")
    try:
        documents = read_documents(files)
        as_of = documents.window.start if documents.window else context.now()
        source = Source(as_of, documents.window)
        export = read_export(documents.items, source)
    except ExportError as error:
        if as_json:
            position = {"file": error.position.file, "path": error.position.path}
            echo_json({"ok": False, "errors": [{**position, "message": error.message}]})
        echo_error(f"error: {error}")
        raise SystemExit(FAILED) from None
    written = write(export, source.notes, list(map(str, files)), as_of, fragment=fragment)
    compared = _write(written, output, force=force)
    failed = any(one.differences or (strict and one.reason) for one in compared)
    if as_json:
        answer: dict[str, Any] = {"ok": not failed}
        where = {"output": str(output)} if output else {"routes_yaml": written.text}
        echo_json(answer | where | report.as_json(written, compared))
    else:
        if output is None:
            echo(written.text.removesuffix("\n"))
        report.print_report(written, compared, context.now(), output)
    raise SystemExit(FAILED if failed else 0)


def _write(written: Written, output: Path | None, *, force: bool) -> list[ComparedSchedule]:
    """Write the file, read it back, and return how its rotas compare with the export."""
    text = written.text
    try:
        config = written.loaded(text)
        if output is not None:
            write_atomically(output, text.encode(), replace=force)
            config = written.loaded(output.read_text(encoding="utf-8"))
    except ConfigError as error:
        # This should never happen, but a file that the gateway refuses must not be written.
        raise CliError(
            f"the translation is invalid, which is a bug in `gateway import oncall`: {error}"
        ) from None
    except OSError as error:
        reason = shorten(error.strerror or str(error))
        raise CliError(f"--output {output} cannot be written: {reason}") from None
    return compare_schedules(written, config.plan)
