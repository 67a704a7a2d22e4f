"""`gateway record`: what happened, in a file that `gateway simulate` plays."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from gateway.cli.record.fetch import Peer
from gateway.cli.record.from_gateway import read_gateway
from gateway.cli.support.api_client import api_of, url_option
from gateway.cli.support.context import CliContext, CliError, pass_context
from gateway.cli.support.output import echo_error, plural
from gateway.cli.support.progress import Progress
from gateway.cli.support.session import zone_of, zone_option
from gateway.cli.support.spans import read_span
from gateway.cli.support.times import TIME_FORMATS
from gateway.core.alerts.labels import Labels
from gateway.core.time.spans import Span
from gateway.core.time.timestamps import parse_duration
from gateway.files import write_atomically
from gateway.simulate.entries import lines_of
from gateway.simulate.from_alertmanager import Watch
from gateway.simulate.from_prometheus import QUERY, SPAN, STEP, Episodes
from gateway.simulate.recording import Recording, RecordingError

POLL = 15.0
"""Seconds between two questions to an Alertmanager. Lower finds shorter alerts."""

SAVE_EVERY = 300.0
"""Seconds after which what an Alertmanager has shown so far is written."""


@click.command("record")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="Where to write the recording.",
)
@click.option("--alertmanager", metavar="URL", help="Record what this Alertmanager has.")
@click.option("--prometheus", metavar="URL", help="Record the alerts of this Prometheus.")
@click.option(
    "--for",
    "duration",
    metavar="DURATION",
    help="With --alertmanager: for how long.  [default: once]",
)
@click.option(
    "--label",
    "labels",
    metavar="NAME=VALUE",
    multiple=True,
    help="With --prometheus: a label that it adds to what it sends.",
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Bearer token for --alertmanager or --prometheus.",
)
@click.option("--from", "start", metavar="TIME", help=f"{TIME_FORMATS}.  [default: -7d]")
@click.option("--to", "end", metavar="TIME", default="now", help="[default: now]")
@click.option("--last", metavar="DURATION", help="In place of --from: 24h, 30d.")
@zone_option
@url_option
@pass_context
def command(
    context: CliContext,
    output: Path,
    alertmanager: str | None,
    prometheus: str | None,
    duration: str | None,
    labels: tuple[str, ...],
    token_file: Path | None,
    start: str | None,
    end: str,
    last: str | None,
    zone: str | None,
    url: str | None,
) -> None:
    """Write what happened into a file, for `gateway simulate --recording FILE`.

    \b
    gateway record --last 30d -o november.jsonl
    gateway record --prometheus http://prometheus.example.com:9090 --last 7d -o week.jsonl
    gateway record --alertmanager http://alertmanager.example.com:9093 --for 7d -o week.jsonl

    A gateway's own history has episodes of alerts, silences, changes of rotas, and what people
    did. Prometheus has the episodes of its alerts. An Alertmanager keeps no history: it is asked
    every 15 seconds, and its alerts and silences are written every five minutes and at the end,
    which Ctrl-C brings on.
    """
    if alertmanager is not None and prometheus is not None:
        raise click.UsageError("--alertmanager and --prometheus exclude each other")
    if (labels and prometheus is None) or (duration is not None and alertmanager is None):
        raise click.UsageError("--label needs --prometheus, and --for needs --alertmanager")
    if token_file is not None and alertmanager is None and prometheus is None:
        raise click.UsageError("--token-file needs --alertmanager or --prometheus")
    with Progress() as progress:
        if alertmanager is not None:
            if start is not None or last is not None or end != "now":
                raise click.UsageError("an Alertmanager keeps no history: use --for")
            peer = Peer("--alertmanager", alertmanager, token_file)
            _watch(context, peer, _seconds(duration), output, progress)
            return
        span = read_span(context.now(), zone_of(context, zone), start, end, last, "-7d")
        if prometheus is not None:
            peer = Peer("--prometheus", prometheus, token_file)
            recording = read_prometheus(peer, span, _labels(labels), progress)
            _write(output, lines_of(recording))
        else:
            _write(output, read_gateway(api_of(context, url), span, progress.show))


def read_prometheus(peer: Peer, span: Span, added: Labels, progress: Progress) -> Recording:
    """Return the episodes of a Prometheus's alerts in a span. Raises CliError."""
    episodes = Episodes(added)
    at = span.start
    try:
        while at <= span.end:
            until = min(at + SPAN - STEP, span.end)
            episodes.add(
                peer.get("/api/v1/query_range", query=QUERY, start=at, end=until, step=STEP)
            )
            at = until + STEP
            progress.show(f"recording: {(until - span.start) / (span.end - span.start):.0%}")
    except RecordingError as error:
        raise CliError(f"--prometheus: {error}") from None
    return Recording(span.start, span.end, episodes.all(span.end))


def _watch(
    context: CliContext, peer: Peer, seconds: float, output: Path, progress: Progress
) -> None:
    watch, began = Watch(), context.now()
    saved_at = began
    try:
        while True:
            now = context.now()
            watch.add(peer.get("/api/v2/alerts"), peer.get("/api/v2/silences"), now)
            if now >= began + seconds:
                break
            if now - saved_at >= SAVE_EVERY:
                _write(output, lines_of(_recording(watch, began, now)))
                saved_at = now
            progress.show(f"recording: {plural(len(watch.alerts()), 'alert')}, Ctrl-C ends it")
            context.pause(min(POLL, began + seconds - now))
    except KeyboardInterrupt:
        pass  # it was asked to end
    except RecordingError as error:
        raise CliError(f"--alertmanager: {error}") from None
    _write(output, lines_of(_recording(watch, began, context.now())))


def _recording(watch: Watch, began: float, now: float) -> Recording:
    alerts = watch.alerts()
    start = min([began, *(one.starts_at for one in alerts)])
    return Recording(start, max(now, start), alerts, watch.silences())


def _write(output: Path, lines: Iterable[str]) -> None:
    content = [*lines]
    try:
        write_atomically(output, "".join(f"{line}\n" for line in content).encode(), replace=True)
    except OSError as error:
        raise CliError(f"--output {output}: {error.strerror}") from None
    echo_error(f"{output}: {plural(len(content) - 1, 'line')} after the first")


def _seconds(duration: str | None) -> float:
    try:
        return 0.0 if duration is None else parse_duration(duration)
    except ValueError as error:
        raise click.UsageError(f"--for {duration!r} is not a duration: {error}") from None


def _labels(texts: Sequence[str]) -> Labels:
    pairs = [text.partition("=") for text in texts]
    for text, (name, sign, _) in zip(texts, pairs, strict=True):
        if not name or not sign:
            raise click.UsageError(f"--label {text!r}: write NAME=VALUE")
    return {name: value for name, _, value in pairs}
