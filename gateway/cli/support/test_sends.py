"""Test messages: one marked TEST to each target, and the result."""

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gateway import clock
from gateway.channels.support.http_errors import masked
from gateway.cli.support.oncall_text import rfc3339
from gateway.config.load import Config
from gateway.core.incidents.message import NOTE
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.outbox import PRINTED_TEXT
from gateway.core.incidents.retry import REDUCIBLE, SendError
from gateway.core.plan.accounts import ChannelSettings
from gateway.core.plan.channels import spec_of
from gateway.core.plan.plan import Target
from gateway.render.request import RenderRequest

if TYPE_CHECKING:
    from gateway.channels.contract import Channel
    from gateway.core.incidents.message import Message, Receipt
    from gateway.render.service import RenderService

DEADLINE = 45.0
"""Seconds for one attempt. A lower one would cut off vendors that are only slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """The result of one attempt. `sent` is False if it was only printed on the console."""

    target: Target
    sent: bool
    text: str
    seconds: float = 0.0
    perhaps: bool = False
    """Whether it may have been delivered although the attempt failed."""


async def send_to_each(
    config: Config,
    targets: tuple[Target, ...],
    renderer: "RenderService",
    receiver: str,
    now: float,
) -> list[SendResult]:
    """Send to each target in turn, by channels that are opened for this and closed again."""
    # Importing the channels imports the vendors' SDKs, which takes long.
    from gateway.channels import build

    results = []
    channels: dict[str, Channel] = {}
    await renderer.start()
    try:
        for number, target in enumerate(targets, 1):
            try:
                if target.account not in channels:
                    settings = config.channels.get(target.account)
                    channels[target.account] = build(
                        settings or ChannelSettings(target.account, type=target.channel),
                        config.secrets,
                    )
            except ValueError as error:
                results.append(SendResult(target=target, sent=False, text=str(error)))
                continue
            channel = channels[target.account]
            request = RenderRequest(
                number,
                build_test_facts(receiver, now),
                target,
                channel.spec.parts,
                zone=config.plan.business_hours.zone,
                kind=NoticeKind.TEST,
                reason=NotifyReason.TEST,
            )
            message = await renderer.render(request, rank=0)
            results.append(await _send(config, channel, message, target))
    finally:
        for channel in channels.values():
            await channel.close()
        await renderer.close()
    return results


async def _send(
    config: Config, channel: "Channel", message: "Message", target: Target
) -> SendResult:
    start = clock.monotonic()
    sent = perhaps = False
    try:
        async with asyncio.timeout(DEADLINE):
            refusal, receipt = await _attempt(channel, message, target)
    except SendError as failed:
        error = failed.masked(masked)
        text, perhaps = str(error), error.perhaps
    except TimeoutError:
        text, perhaps = "no answer in time", True
    else:
        sent = not is_printed(config, target)
        text = (
            _success_text(message, target, refusal, receipt)
            if sent
            else f"{PRINTED_TEXT}: it has no token or key, or provider: console"
        )
    seconds = clock.monotonic() - start
    return SendResult(target=target, sent=sent, text=text, seconds=seconds, perhaps=perhaps)


async def _attempt(channel: "Channel", message: "Message", target: Target) -> tuple[str, "Receipt"]:
    """Send, and once more in the simplest form if the vendor refuses the content.

    Returns why the vendor refused the full message, or empty, and the receipt.
    """
    try:
        return "", await channel.send(message, target, None)
    except SendError as failed:
        if failed.failure not in REDUCIBLE:
            raise
        receipt = await channel.send(replace(message, reduced=True), target, None)
        return str(failed.masked(masked)), receipt


def _success_text(message: "Message", target: Target, refusal: str, receipt: "Receipt") -> str:
    if refusal:
        simplest = spec_of(target.channel).reduced
        return f"sent {simplest}, because the full message was refused: {refusal}"
    if message.failed_template:
        return f"sent in plain words: template {message.failed_template} failed"
    return f"sent, but {receipt[NOTE]}" if NOTE in receipt else "sent"


def is_printed(config: Config, target: Target) -> bool:
    """Return whether messages to this target are printed on the console instead of being sent."""
    if target.channel == "console":
        return False
    settings = config.channels.get(target.account)
    options = settings.options if settings else {}
    return "console" in (options.get("provider"), target.options.get("provider"))


def build_test_facts(receiver: str, now: float) -> dict[str, Any]:
    """Return the facts of a message that says it is a test and belongs to no incident."""
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
        # The instant makes each test a new message for vendors that deduplicate.
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
