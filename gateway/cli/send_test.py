"""`gateway send-test`: a real message, marked TEST, through the real channel with real settings."""

import asyncio
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway import clock
from gateway.cli.duty import stamp
from gateway.cli.show import paint, say, say_json
from gateway.cli.world import (
    BAD,
    World,
    config_option,
    json_option,
    pass_world,
    templates_option,
)
from gateway.config.load import Config
from gateway.config.problem import nearest
from gateway.core.delivery import SendError
from gateway.core.notice import Kind, Reason
from gateway.core.plan import Target
from gateway.core.settings import ChannelSettings

if TYPE_CHECKING:
    from gateway.render.words import Renderer

CHANNELS = ("email", "slack", "pagerduty", "webhook", "console")
SECRET_ADDRESS = ("pagerduty", "webhook")
DEADLINE = 45.0
"""Seconds for one attempt."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt. `sent` is False for what was only shown on the console."""

    target: Target
    sent: bool
    text: str
    seconds: float
    perhaps: bool = False


@click.command("send-test")
@click.argument("receiver", required=False)
@click.option("--channel", type=click.Choice(CHANNELS), help="One channel instead of a receiver.")
@click.option("--to", metavar="ADDRESS", help="Where to: an address, #channel, or ${REFERENCE}.")
@config_option
@templates_option
@json_option
@pass_world
def command(
    world: World,
    receiver: str | None,
    channel: str | None,
    to: str | None,
    config: Path | None,
    templates: Path | None,
    as_json: bool,
) -> None:
    """Send a message marked TEST to RECEIVER, or by one channel to one address.

    \b
    gateway send-test billing-critical
    gateway send-test --channel email --to ana@example.com

    One attempt for each target, and nothing is stored. PagerDuty opens an incident of severity
    info, which has to be resolved there. Exit status 1 when anything was not sent.
    """
    loaded = world.config(config)
    targets = _targets(loaded, receiver, channel, to)
    settings = world.settings()
    # Jinja and the vendors' SDKs are for this command, not for the quick ones.
    from gateway.render.words import Renderer

    renderer = Renderer([world.folder(templates)], settings.external_url)
    # What is shown on the console goes where it does not stand in the way of the JSON.
    with redirect_stdout(sys.stderr if as_json else sys.stdout):
        outcomes = asyncio.run(_send_all(loaded, targets, renderer, receiver or "", world.now()))
    if as_json:
        say_json([_json(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            _say(outcome)
    raise SystemExit(0 if all(outcome.sent for outcome in outcomes) else BAD)


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
    if channel == "console":
        return (Target("console", to or "console"),)
    if to is None:
        raise click.UsageError(f"--channel {channel} needs --to")
    if channel in SECRET_ADDRESS:
        found = _target_of(config, channel, to)
        if found is None:
            raise click.UsageError(
                f"--to: no receiver in routes.yaml has that {channel} target. Write the reference "
                "as it stands there, such as '${PAGERDUTY_KEY}' (in quotes), never the secret"
            )
        return (found,)
    return (Target(channel, to),)


def _target_of(config: Config, channel: str, address: str) -> Target | None:
    for receiver in config.plan.receivers.values():
        for target in receiver.targets:
            if target.channel == channel and target.address == address:
                return target
    return None


async def _send_all(
    config: Config, targets: tuple[Target, ...], renderer: "Renderer", receiver: str, now: float
) -> list[Outcome]:
    from gateway.channels import build

    outcomes = []
    channels: dict[str, Any] = {}
    try:
        for number, target in enumerate(targets, 1):
            try:
                if target.channel not in channels:
                    settings = config.channels.get(target.channel)
                    channels[target.channel] = build(
                        settings or ChannelSettings(target.channel), config.secrets
                    )
            except ValueError as error:
                outcomes.append(Outcome(target, False, str(error), 0.0))
                continue
            channel = channels[target.channel]
            message = renderer.render(
                number,
                test_facts(receiver, now),
                target,
                channel.parts,
                (),
                config.plan.business_hours.zone,
                kind=Kind.TEST,
                reason=Reason.TEST,
            )
            outcomes.append(await _send(config, channel, message, target))
    finally:
        for channel in channels.values():
            await channel.close()
    return outcomes


async def _send(config: Config, channel: Any, message: Any, target: Target) -> Outcome:
    began = clock.monotonic()
    try:
        async with asyncio.timeout(DEADLINE):
            await channel.send(message, target, None)
    except SendError as error:
        seconds = clock.monotonic() - began
        return Outcome(target, False, str(error), seconds, error.perhaps)
    except TimeoutError:
        return Outcome(target, False, "no answer in time", clock.monotonic() - began, True)
    seconds = clock.monotonic() - began
    if shown_instead(config, target):
        return Outcome(target, False, "only shown on the console: it has no token or key", seconds)
    if message.failed_template:
        text = f"sent in plain words: template {message.failed_template} failed"
        return Outcome(target, True, text, seconds)
    return Outcome(target, True, "sent", seconds)


def shown_instead(config: Config, target: Target) -> bool:
    """Whether messages to this target are printed on the console in place of being sent."""
    if target.channel == "console":
        return False
    settings = config.channels.get(target.channel)
    options = settings.options if settings else {}
    return "console" in (options.get("provider"), target.options.get("provider"))


def test_facts(receiver: str, now: float) -> dict[str, Any]:
    """The facts of a message that says it is a test. No incident stands behind it."""
    labels = {"alertname": "GatewayTest", "severity": "info"}
    notes = {"summary": "This is a test of the alert gateway. Nothing is wrong."}
    alert = {
        "status": "firing",
        "labels": labels,
        "annotations": notes,
        "starts_at": now,
        "ends_at": None,
        "generator_url": "",
        "fingerprint": "",
    }
    return {
        "incident": None,
        "status": "firing",
        "severity": "info",
        "rank": None,
        "title": f"GatewayTest: {notes['summary']}",
        "receiver": receiver,
        # The instant makes each test a message of its own for vendors that deduplicate.
        "group_key": f"test at {stamp(now)}",
        "group_labels": {"alertname": "GatewayTest"},
        "common_labels": labels,
        "common_annotations": notes,
        "alerts": [alert],
        "firing": 1,
        "resolved": 0,
        "more": 0,
        "opened_at": now,
        "since": now,
        "at": now,
        "told": [],
    }


def _json(outcome: Outcome) -> dict[str, Any]:
    return {
        "channel": outcome.target.channel,
        "address": outcome.target.address,
        "sent": outcome.sent,
        "detail": outcome.text,
        "perhaps_sent": outcome.perhaps,
        "seconds": round(outcome.seconds, 3),
    }


def _say(outcome: Outcome) -> None:
    target = outcome.target
    mark = paint("sent", "green") if outcome.sent else paint("not sent", "red", bold=True)
    text = "" if outcome.text == "sent" else f": {outcome.text}"
    if outcome.perhaps:
        text += " (it may have arrived all the same)"
    say(f"{target.channel} {target.address}  {mark} in {outcome.seconds:.1f} s{text}")
