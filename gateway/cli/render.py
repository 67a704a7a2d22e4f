"""`gateway render`: previews of messages, made from samples."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway import clock
from gateway.channels.support.facts import shared_labels
from gateway.channels.support.mail_headers import extra_headers
from gateway.cli.support.context import (
    FAILED,
    CliContext,
    CliError,
    config_option,
    json_option,
    pass_context,
    templates_option,
)
from gateway.cli.support.output import echo, echo_error, echo_json, paint
from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.channels import CHANNELS as SPECS
from gateway.core.plan.plan import Target
from gateway.core.plan.recipients import targets_for
from gateway.core.plan.target_name import target_name
from gateway.core.text.nearest import nearest
from gateway.files import write_atomically

if TYPE_CHECKING:
    from gateway.core.incidents.message import Message
    from gateway.render.samples import Sample

CHANNELS = tuple(spec.name for spec in SPECS.values() if spec.parts)
SEVERITIES = ("critical", "warning", "info")


@click.command("render")
@click.option(
    "--channel",
    type=click.Choice(CHANNELS),
    multiple=True,
    help="Only this channel; may be repeated.  [default: all]",
)
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in NoticeKind]),
    help="What the message is about.  [default: firing]",
)
@click.option(
    "--severity",
    type=click.Choice(SEVERITIES),
    help="The severity of its incident.  [default: critical]",
)
@click.option("--sample", "name", metavar="NAME", help="A sample by name; see --samples.")
@click.option("--samples", "list_samples", is_flag=True, help="Print the names of all samples.")
@click.option("--zone", default="UTC", metavar="ZONE", help="Time zone of the recipient.")
@click.option(
    "--receiver",
    metavar="NAME",
    help="Also print who gets it from this receiver of routes.yaml, and the headers it adds.",
)
@config_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write files into this folder, such as HTML to open in a browser.",
)
@templates_option
@json_option
@pass_context
def command(
    context: CliContext,
    channel: tuple[str, ...],
    kind: str | None,
    severity: str | None,
    name: str | None,
    zone: str,
    receiver: str | None,
    config: Path | None,
    out: Path | None,
    templates: Path | None,
    *,
    list_samples: bool,
    as_json: bool,
) -> None:
    """Print a message as its templates make it, from a sample of invented alerts.

    \b
    gateway render --channel email --kind firing --out preview
    gateway render --channel slack --sample "many alerts"
    gateway render --channel email --receiver billing-critical

    Exit status 1 if a template fails: the plain message that would be sent instead is printed.
    """
    # Jinja is imported only by the commands that need it, so that the others start quickly.
    from gateway.render.samples import samples

    known = {sample.name: sample for sample in samples()}
    if list_samples:
        if as_json:
            echo_json(list(known))
        else:
            for each in known:
                echo(each)
        return
    if name is not None and (kind or severity):
        raise click.UsageError("--sample has its own kind and severity: omit --kind and --severity")
    sample = name or f"{kind or 'firing'} {severity or 'critical'}"
    if sample not in known:
        raise click.UsageError(f"there is no sample {sample!r}: see gateway render --samples")
    targets = _targets(context, config, receiver, known[sample]) if receiver else ()
    channels = channel or tuple(one for one in CHANNELS if not receiver or _of(one, targets))
    messages = _messages(context, templates, known[sample], channels, zone)
    if as_json:
        echo_json(
            {
                "sample": sample,
                "channels": {
                    each: {
                        "parts": dict(one.parts),
                        "failed_template": one.failed_template,
                        "targets": [_target_json(one, target) for target in _of(each, targets)],
                    }
                    for each, one in messages.items()
                },
            }
        )
    elif out is not None:
        _write(out, messages)
    else:
        for each, one in messages.items():
            _print(each, one, _of(each, targets))
    failed = [one.failed_template for one in messages.values() if one.failed_template]
    if failed:
        echo_error(f"gateway: {failed[0]} failed; run `gateway check` to see where")
        raise SystemExit(FAILED)


def _messages(
    context: CliContext,
    templates: Path | None,
    sample: "Sample",
    channels: tuple[str, ...],
    zone: str,
) -> "dict[str, Message]":
    from gateway.core.time.wallclock import load_zone
    from gateway.render.renderer import Renderer
    from gateway.render.request import RenderRequest
    from gateway.render.worker.forked import ForkedRenderer

    try:
        load_zone(zone)
    except ValueError as error:
        raise click.UsageError(f"--zone: {error}") from None
    settings = context.settings()
    renderer = Renderer([context.templates_path(templates)], settings.external_url)
    with ForkedRenderer(renderer, clock.monotonic) as forked:
        return {
            channel: forked.render(
                RenderRequest(
                    1,
                    sample.facts,
                    sample.target(channel),
                    SPECS[channel].parts,
                    sample.links,
                    zone,
                    sample.kind,
                    sample.reason,
                )
            )
            for channel in channels
        }


def _targets(
    context: CliContext, config: Path | None, name: str, sample: "Sample"
) -> tuple[Target, ...]:
    """Return the targets of a receiver for the labels of the sample.

    Raises click.UsageError if there is no such receiver.
    """
    known = context.config(config).plan.receivers
    if name not in known:
        near = nearest(name, known)
        hint = f"; did you mean {near!r}?" if near else ""
        raise click.UsageError(f"--receiver: there is no receiver {name!r}{hint}")
    return targets_for(known[name], shared_labels(sample.facts))


def _of(channel: str, targets: tuple[Target, ...]) -> tuple[Target, ...]:
    return tuple(target for target in targets if target.channel == channel)


def _target_json(message: "Message", target: Target) -> dict[str, object]:
    headers = extra_headers(message, target)
    return {"name": target_name(target), "cc": list(target.copies), "headers": headers}


def _print(channel: str, message: "Message", targets: tuple[Target, ...]) -> None:
    for target in targets:
        echo(paint(f"to {target_name(target)}", bold=True))
        for name, value in extra_headers(message, target).items():
            echo(f"{name}: {value}")
    for part, text in message.parts.items():
        echo(paint(f"── {channel}: {part} " + "─" * (60 - len(channel + part)), bold=True))
        echo(text.rstrip("\n"))
        echo()


def _write(out: Path, messages: "dict[str, Message]") -> None:
    from gateway.channels import preview

    try:
        out.mkdir(parents=True, exist_ok=True)
        for channel, message in messages.items():
            for part, text in message.parts.items():
                file = out / f"{channel}-{part}.{'html' if part == 'html' else 'txt'}"
                write_atomically(file, text.encode("utf-8", "replace"), replace=True)
                echo(str(file))
            structure = preview(channel, message)
            if structure is not None:
                file = out / f"{channel}.json"
                write_atomically(file, json.dumps(structure, indent=2).encode(), replace=True)
                echo(str(file))
    except OSError as error:
        raise CliError(f"cannot write into {out}: {error.strerror or error}") from None
