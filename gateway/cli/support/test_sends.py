"""Trying targets: one message marked TEST to each, and what came of it."""

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gateway import clock
from gateway.channels.support.http_errors import masked
from gateway.cli.support.oncall_text import rfc3339
from gateway.config.load import Config
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.outbox import PRINTED_TEXT
from gateway.core.incidents.retry import REDUCIBLE, SendError
from gateway.core.plan.accounts import ChannelSettings
from gateway.core.plan.channels import spec_of
from gateway.core.plan.plan import Target

if TYPE_CHECKING:
    from gateway.channels.contract import Channel
    from gateway.core.incidents.message import Message
    from gateway.render.service import RenderService

DEADLINE = 45.0
"""Seconds for one attempt."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """What came of one attempt. `sent` is False for what was only shown on the console."""

    target: Target
    sent: bool
    text: str
    seconds: float
    perhaps: bool = False


async def send_to_each(
    config: Config,
    targets: tuple[Target, ...],
    renderer: "RenderService",
    receiver: str,
    now: float,
) -> list[SendResult]:
    """Send to each target in turn, by channels of its own that are closed again."""
    # The vendors' SDKs come with the channels that are built, and no sooner.
    from gateway.channels import build

    results = []
    channels: dict[str, Channel] = {}
    await renderer.start()
    try:
        for number, target in enumerate(targets, 1):
            try:
                if target.channel not in channels:
                    settings = config.channels.get(target.channel)
                    channels[target.channel] = build(
                        settings or ChannelSettings(target.channel), config.secrets
                    )
            except ValueError as error:
                results.append(SendResult(target, False, str(error), 0.0))
                continue
            channel = channels[target.channel]
            message = await renderer.render(
                number,
                test_facts(receiver, now),
                target,
                channel.spec.parts,
                (),
                config.plan.business_hours.zone,
                rank=0,
                kind=NoticeKind.TEST,
                reason=NotifyReason.TEST,
            )
            results.append(await _send(config, channel, message, target))
    finally:
        for channel in channels.values():
            await channel.close()
        await renderer.close()
    return results


async def _send(
    config: Config, channel: "Channel", message: "Message", target: Target
) -> SendResult:
    began = clock.monotonic()
    refused = ""
    try:
        async with asyncio.timeout(DEADLINE):
            try:
                await channel.send(message, target, None)
            except SendError as failed:
                if failed.failure not in REDUCIBLE:
                    raise
                refused = str(failed.masked(masked))
                await channel.send(replace(message, reduced=True), target, None)
    except SendError as failed:
        error = failed.masked(masked)
        seconds = clock.monotonic() - began
        return SendResult(target, False, str(error), seconds, error.perhaps)
    except TimeoutError:
        return SendResult(target, False, "no answer in time", clock.monotonic() - began, True)
    seconds = clock.monotonic() - began
    if is_printed(config, target):
        return SendResult(
            target,
            False,
            f"{PRINTED_TEXT}: it has no token or key, or provider: console",
            seconds,
        )
    if refused:
        simplest = spec_of(target.channel).reduced
        text = f"sent {simplest}, because the full message was refused: {refused}"
        return SendResult(target, True, text, seconds)
    if message.failed_template:
        text = f"sent in plain words: template {message.failed_template} failed"
        return SendResult(target, True, text, seconds)
    return SendResult(target, True, "sent", seconds)


def is_printed(config: Config, target: Target) -> bool:
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
        "group_key": f"test at {rfc3339(now)}",
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
