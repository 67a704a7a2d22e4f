"""`gateway send-test`: a real message, marked TEST, through the real channel."""

import asyncio
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click

from gateway.cli.support.context import (
    FAILED,
    CliContext,
    config_option,
    json_option,
    pass_context,
    templates_option,
)
from gateway.cli.support.output import echo, echo_json, paint
from gateway.cli.support.test_sends import SendResult, send_to_each
from gateway.config.load import Config
from gateway.core.plan.channels import CHANNELS, AddressKind
from gateway.core.plan.plan import Target
from gateway.core.text.nearest import nearest


@click.command("send-test")
@click.argument("receiver", required=False)
@click.option(
    "--channel", type=click.Choice(list(CHANNELS)), help="One channel instead of a receiver."
)
@click.option("--to", metavar="ADDRESS", help="An address, #channel, or ${REFERENCE}.")
@config_option
@templates_option
@json_option
@pass_context
def command(
    context: CliContext,
    receiver: str | None,
    channel: str | None,
    to: str | None,
    config: Path | None,
    templates: Path | None,
    *,
    as_json: bool,
) -> None:
    """Send a message marked TEST to RECEIVER, or by one channel to one address.

    \b
    gateway send-test billing-critical
    gateway send-test --channel email --to ana@example.com

    Makes one attempt for each target, and stores nothing. If a vendor refuses the content, the
    message is sent once more in its simplest form. PagerDuty opens an incident of severity info;
    resolve it there. Exit status 1 if any message was not sent.
    """
    loaded = context.config(config)
    targets = _targets(loaded, receiver, channel, to)
    settings = context.settings()
    # Jinja and the vendors' SDKs are imported only here, so that other commands start quickly.
    from gateway.render.service import RenderService

    templates_of = RenderService([context.templates_path(templates)], settings.external_url)
    # The console channel prints on standard output, which --json needs for itself.
    with redirect_stdout(sys.stderr if as_json else sys.stdout):
        results = asyncio.run(
            send_to_each(loaded, targets, templates_of, receiver or "", context.now())
        )
    if as_json:
        echo_json([_json(result) for result in results])
    else:
        for result in results:
            _print(result)
    raise SystemExit(0 if all(result.sent for result in results) else FAILED)


def _targets(
    config: Config, receiver: str | None, channel: str | None, to: str | None
) -> tuple[Target, ...]:
    if (receiver is None) == (channel is None):
        raise click.UsageError("give a RECEIVER, or --channel with --to")
    if receiver is not None:
        known = config.plan.receivers
        if to is not None:
            raise click.UsageError("--to goes with --channel; a receiver has its own targets")
        if receiver not in known:
            near = nearest(receiver, known)
            hint = f"; did you mean {near}?" if near else f" (there are: {', '.join(known)})"
            raise click.UsageError(f"there is no receiver {receiver!r}{hint}")
        if not known[receiver].targets:
            raise click.UsageError(f"receiver {receiver!r} has no targets: nothing to send")
        return known[receiver].targets
    assert channel is not None
    spec = CHANNELS[channel]
    if spec.address is AddressKind.NONE:
        return (Target(channel, to or channel),)
    if to is None:
        raise click.UsageError(f"--channel {channel} needs --to")
    if spec.secret_address:
        target = _target_of(config, channel, to)
        if target is None:
            raise click.UsageError(
                f"--to: no receiver in routes.yaml has that {channel} target. Write the reference "
                "as it is written there, such as '${PAGERDUTY_KEY}' (in quotes), never the secret"
            )
        return (target,)
    return (Target(channel, to),)


def _target_of(config: Config, channel: str, address: str) -> Target | None:
    for receiver in config.plan.receivers.values():
        for target in receiver.targets:
            if target.channel == channel and target.address == address:
                return target
    return None


def _json(result: SendResult) -> dict[str, Any]:
    return {
        "channel": result.target.channel,
        "address": result.target.address,
        "sent": result.sent,
        "detail": result.text,
        "perhaps_sent": result.perhaps,
        "seconds": round(result.seconds, 3),
    }


def _print(result: SendResult) -> None:
    target = result.target
    mark = paint("sent", "green") if result.sent else paint("not sent", "red", bold=True)
    text = "" if result.text == "sent" else f": {result.text}"
    if result.perhaps:
        text += " (it may have arrived anyway)"
    echo(f"{target.channel} {target.address}  {mark} in {result.seconds:.1f} s{text}")
