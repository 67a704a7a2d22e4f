"""The conformance adapter for vendors' answers.

A real HTTP server answers the real channels. "Retry" in the vectors means soon; here what only an
admin can repair is retried too, but slowly.
"""

import asyncio
from typing import Any

from gateway.channels.contract import Channel
from gateway.channels.slack.channel import Slack
from gateway.channels.slack.incoming_webhook import IncomingWebhook
from gateway.channels.webhook.channel import Webhook
from gateway.core.incidents.retry import PERMANENT, Failure, SendError, after_failure
from gateway.core.plan.accounts import Secret
from gateway.core.plan.plan import Target
from tests.channels.messages import message
from tests.fakes import Behaviour, Fake, FakeSlack, FakeWebhook

__all__ = ["delivery_classify_status", "delivery_failure_reason", "slack_classify_response"]

SOON = 60.0
"""Seconds within which a retry is one in the vectors' sense."""

REASONS = {
    Failure.RATE_LIMITED: "rate_limited",
    Failure.SERVER_ERROR: "server",
    Failure.BAD_CONTENT: "client",
}


def delivery_classify_status(inputs: dict[str, Any]) -> dict[str, Any]:
    """Return whether the answer means done, retry or never, and the error."""
    error = asyncio.run(_webhook(inputs["status"], inputs["body"] or ""))
    if error is None:
        return {"ok": True, "retry": False, "error": None}
    text = error.detail.replace("the webhook answered", "unexpected status code")
    return {"ok": False, "retry": _soon(error), "error": text}


def delivery_failure_reason(inputs: dict[str, Any]) -> str:
    """Return the label of the failure metric in Alertmanager's words."""
    error = asyncio.run(_webhook(inputs["status"], ""))
    if error is None:
        return "other"
    if error.failure is Failure.MISCONFIGURED:  # credentials, redirects, no such URL: repairable
        if inputs["status"] in (401, 403):
            return "auth"
        return "client" if 400 <= inputs["status"] < 500 else "other"
    return REASONS[error.failure]


def slack_classify_response(inputs: dict[str, Any]) -> dict[str, bool]:
    """Return whether an answer of Slack is a success or a retry.

    Incoming webhooks answer in plain text, the Web API in JSON.
    """
    error = asyncio.run(_slack(inputs["status"], inputs["body"], inputs["content_type"]))
    return {"ok": error is None, "retry": error is not None and _soon(error)}


async def _webhook(status: int, body: str) -> SendError | None:
    async with FakeWebhook() as fake:
        target = Target("webhook", f"{fake.url}/hook")
        return await _sent(Webhook({}), target, fake, Behaviour(status=status, body=body))


async def _slack(status: int, body: str, content_type: str) -> SendError | None:
    kind = content_type.partition(";")[0]
    async with FakeSlack() as fake:
        channel: Channel = Slack(Secret("test-slack-token"), api_url=fake.api_url)
        if kind == "text/plain":
            channel = IncomingWebhook(Secret(fake.webhook_url("test-webhook-token")))
        how = Behaviour(status=status, body=body, content_type=kind)
        return await _sent(channel, Target("slack", "#alerts"), fake, how)


async def _sent(channel: Channel, target: Target, fake: Fake, how: Behaviour) -> SendError | None:
    fake.script(how)
    try:
        await channel.send(message(), target, None)
    except SendError as error:
        return error
    finally:
        await channel.close()
    return None


def _soon(error: SendError) -> bool:
    # A message that is refused goes out once more in its simplest form. The vectors ask about
    # sending the same message again, so the question is what follows when that is refused, too.
    verdict = after_failure(
        error, attempts=1, first_attempt_at=0.0, now=0.0, jitter=0.5, refused=True
    )
    assert (verdict.next_attempt_at is None) == (error.failure in PERMANENT)
    return verdict.next_attempt_at is not None and verdict.next_attempt_at < SOON
