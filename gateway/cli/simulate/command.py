"""`gateway simulate`: what another routes.yaml would have done."""

from pathlib import Path

import click

from gateway.cli.record.from_gateway import read_gateway
from gateway.cli.simulate.as_json import as_json as json_of
from gateway.cli.simulate.as_markdown import markdown
from gateway.cli.simulate.as_text import print_difference
from gateway.cli.support.context import FAILED, CliContext, CliError
from gateway.cli.support.output import echo, echo_error, echo_json
from gateway.cli.support.progress import Progress
from gateway.cli.support.session import Session, pass_session
from gateway.cli.support.spans import read_span
from gateway.cli.support.times import TIME_FORMATS
from gateway.cli.test.placeholders import WithPlaceholders, reading_secrets
from gateway.config.load import Config, ConfigError, load
from gateway.flow.calendars.offline import with_calendar_files
from gateway.simulate.both import impacts_of
from gateway.simulate.difference import difference
from gateway.simulate.entries import read_lines
from gateway.simulate.recording import Recording, RecordingError


@click.command("simulate")
@click.argument("new", type=click.Path(path_type=Path), metavar="NEW")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file that it replaces.  [default: $GATEWAY_CONFIG, else routes.yaml]",
)
@click.option(
    "--recording",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What happened, by `gateway record`, in place of asking the gateway.",
)
@click.option("--from", "start", metavar="TIME", help=f"{TIME_FORMATS}.  [default: -7d]")
@click.option("--to", "end", metavar="TIME", default="now", help="[default: now]")
@click.option("--last", metavar="DURATION", help="In place of --from: 24h, 30d.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown, for a pull request.")
@pass_session
def command(
    session: Session,
    new: Path,
    against: Path | None,
    recording: Path | None,
    start: str | None,
    end: str,
    last: str | None,
    *,
    as_markdown: bool,
) -> None:
    """Show what a changed routes.yaml would have done with what happened.

    \b
    gateway simulate new.yaml --last 30d
    gateway simulate routes.yaml --against main.yaml --recording month.jsonl
    gateway simulate routes.yaml --against main.yaml --recording month.jsonl --markdown

    The recorded alerts are played by both files, in virtual time and by the rules that decide for
    real alerts, with the silences, changes of rotas and responses of then. Printed is what differs
    for people: which alerts nobody is notified of any more, which are new and which go elsewhere,
    and pages and messages of each person, team and channel, at night too.

    Exit status 1 if an urgent alert loses its last recipient.
    """
    if session.as_json and as_markdown:
        raise click.UsageError("--json and --markdown exclude each other")
    if recording is not None and (start is not None or last is not None or end != "now"):
        raise click.UsageError("a recording has its own span: leave --from, --to and --last out")
    old = session.context.config_path(against)
    plans = _load(session.context, old).plan, _load(session.context, new).plan
    with Progress() as progress:
        if recording is None:
            span = read_span(session.now, session.zone, start, end, last, "-7d")
            lines = read_gateway(session.api, span, progress.show)
            played = read_lines(lines, "the recording of the gateway")
        else:
            played = _read(recording)
        before, after = impacts_of(
            plans, played, lambda share: progress.show(f"playing: {share:.0%}")
        )
    result = difference(before, after)
    names = str(old), str(new)
    if session.as_json:
        echo_json(json_of(result, played, names))
    elif as_markdown:
        echo(markdown(result, played, names, session.zone))
    else:
        print_difference(result, played, names, session.zone)
    if result.lost:
        raise click.exceptions.Exit(FAILED)


def _load(context: CliContext, path: Path) -> Config:
    """Return the file's configuration; secrets need not be set. Raises CliError."""
    try:
        loaded = load(path, env=WithPlaceholders(context.env), read_file=reading_secrets(path))
    except ConfigError as error:
        for problem in error.masked():
            echo_error(f"error: {problem}")
        raise CliError(f"{path} is invalid (see above); run `gateway check {path}`") from None
    offline = with_calendar_files(loaded, context.now())
    for text in (*offline.errors, *offline.warnings):
        echo_error(text)
    return offline.config


def _read(path: Path) -> Recording:
    try:
        with path.open(encoding="utf-8") as lines:
            return read_lines(lines, str(path))
    except UnicodeDecodeError:
        raise CliError(f"--recording {path}: it is not text in UTF-8") from None
    except OSError as error:
        raise CliError(f"--recording {path}: {error.strerror}") from None
    except RecordingError as error:
        raise CliError(str(error)) from None
