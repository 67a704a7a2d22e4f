"""`gateway import alertmanager`: translation of an alertmanager.yml into a routes.yaml."""

from pathlib import Path
from typing import Any

import click

from gateway.cli.import_ import report
from gateway.cli.support.context import FAILED, CliError, json_option
from gateway.cli.support.output import echo, echo_error, echo_json
from gateway.config.load import ConfigError
from gateway.config.source.problem import shorten
from gateway.config.source.tree import MAX_BYTES
from gateway.files import write_atomically
from gateway.importers.alertmanager.read.source_config import SourceConfig, read_source_config
from gateway.importers.alertmanager.verify.equivalence import EquivalenceReport, check_equivalence
from gateway.importers.alertmanager.write.translate import Translation, translate


@click.command("alertmanager")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The file to write.  [default: standard output]",
)
@click.option("--force", is_flag=True, help="Replace an existing --output.")
@click.option(
    "--check",
    "compare",
    is_flag=True,
    help="Compare both files on some thousand cases; exit status 1 if they differ.",
)
@json_option
def command(file: Path, output: Path | None, *, force: bool, compare: bool, as_json: bool) -> None:
    """Translate FILE (alertmanager.yml) into a routes.yaml that behaves the same.

    \b
    gateway import alertmanager.yml --output routes.yaml --check

    The word `alertmanager` after `import` may be omitted, as here.

    Routes, inhibition and time intervals stay as they are; e-mail, Slack, PagerDuty and webhook
    receivers are translated. No secret is written: the file has ${NAME} instead, and a table
    lists the value of each variable. Settings without a counterpart are listed with their lines,
    on standard error and as comments in the file.

    A FILE that Alertmanager would refuse is refused, with all of its errors and exit status 1.
    """
    if output is not None and output.exists() and not force:
        raise click.UsageError(f"--output {output}: the file exists; --force replaces it")
    try:
        source_config = _read(file)
    except ConfigError as error:
        if as_json:
            echo_json({"ok": False, "errors": [one.to_json() for one in error.problems]})
        for problem in error.problems:
            echo_error(f"error: {problem}")
        raise SystemExit(FAILED) from None
    translation = translate(source_config)
    proof = _write(translation, output, force=force, compare=compare)
    if as_json:
        answer: dict[str, Any] = {"ok": proof is None or not proof.difference}
        where = {"output": str(output)} if output else {"routes_yaml": translation.text}
        echo_json(answer | where | report.as_json(translation, proof))
    else:
        if output is None:
            echo(translation.text.removesuffix("\n"))
        report.print_report(translation, proof, output)
    raise SystemExit(FAILED if proof is not None and proof.difference else 0)


def _read(file: Path) -> SourceConfig:
    try:
        with file.open("rb") as stream:
            source = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CliError(f"{file} cannot be read: {shorten(error.strerror or str(error))}") from None
    return read_source_config(source, str(file))


def _write(
    translation: Translation, output: Path | None, *, force: bool, compare: bool
) -> EquivalenceReport | None:
    """Write the file, read it back, and with `compare` return how it compares."""
    text = translation.text
    try:
        config = translation.loaded(text)
    except ConfigError as error:
        # This should never happen, but a file that the gateway refuses must not be written.
        raise CliError(
            f"the translation is invalid, which is a bug in `gateway import`: {error}"
        ) from None
    if output is not None:
        try:
            write_atomically(output, text.encode(), replace=force)
            text = output.read_text(encoding="utf-8")
        except OSError as error:
            reason = shorten(error.strerror or str(error))
            raise CliError(f"--output {output} cannot be written: {reason}") from None
        config = translation.loaded(text)
    return check_equivalence(translation.source_config, config) if compare else None
