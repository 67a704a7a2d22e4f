"""Answers to requests of Slack, by the `response_url` that came with them.

Slack takes five posts in 30 minutes at each, without a token (docs.slack.dev, "Handling user
interaction"). The URL comes from outside, so only Slack's own host is posted to.
"""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from gateway.channels.support.client import HttpClient
from gateway.channels.support.connection_errors import connection_failure
from gateway.channels.support.http_errors import status_failure
from gateway.core.incidents.retry import Failure, SendError

ANSWER_HOSTS = frozenset({"hooks.slack.com"})

logger = logging.getLogger(f"{__name__}.sdk")


async def answer_request(
    http: HttpClient, url: str, content: Mapping[str, Any], account_url: str
) -> None:
    """Post content to a response_url, once. Raises SendError.

    `account_url` is where the account's API or webhook is: its host is accepted as well, for a
    proxy of Slack's API and for tests.
    """
    if not _is_slacks(url, account_url):
        raise SendError(Failure.BAD_RECIPIENT, "the response_url is not Slack's")
    logger.setLevel(logging.WARNING)  # at DEBUG the SDK prints the URL and the text
    client = AsyncWebhookClient(url, session=http.session, retry_handlers=[], logger=logger)
    client.proxy = None  # the SDK has read HTTPS_PROXY: only the session's proxy counts
    try:
        response = await client.send_dict(dict(content))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise connection_failure(error) from None
    except ValueError:
        raise SendError(Failure.BAD_ANSWER, "Slack's answer cannot be read", perhaps=True) from None
    failure = status_failure(response.status_code, "", response.headers, vendor="Slack")
    if failure is not None:
        raise failure


def _is_slacks(url: str, account_url: str) -> bool:
    try:
        target, known = urlsplit(url), urlsplit(account_url)
    except ValueError:
        return False
    if target.scheme == "https" and target.netloc in ANSWER_HOSTS:
        return True
    own = (known.scheme, known.netloc)
    return known.netloc != "slack.com" and (target.scheme, target.netloc) == own
