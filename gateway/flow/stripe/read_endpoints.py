"""Reading of an account's webhook endpoints from Stripe's API."""

import json
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from gateway.channels.support.client import HttpClient
from gateway.channels.support.connection_errors import connection_failure
from gateway.core.errors import GatewayError
from gateway.core.plan.accounts import Secret
from gateway.core.text.escape import one_line
from gateway.flow.stripe.endpoint_alerts import StripeEndpoint

API = "https://api.stripe.com"

PAGE = 100
"""Endpoints in one answer, Stripe's largest. An account has 16 of its own."""

PAGES = 10
"""Answers that are read. Platforms have further endpoints for connected accounts."""

LONGEST = 300
"""Characters of an endpoint's URL in an alert."""


class StripeError(GatewayError):
    """Stripe did not list the endpoints; the text says why and what to do."""


async def read_endpoints(client: HttpClient, key: Secret, api: str = API) -> list[StripeEndpoint]:
    """Return all endpoints of a key's account. Raises StripeError."""
    endpoints: list[StripeEndpoint] = []
    for _ in range(PAGES):
        page, more = await _page(client, key, api, endpoints[-1].id if endpoints else "")
        endpoints += page
        if not more or not page:
            return endpoints
    raise StripeError(f"the account has more than {PAGES * PAGE} webhook endpoints")


async def _page(
    client: HttpClient, key: Secret, api: str, after: str
) -> tuple[list[StripeEndpoint], bool]:
    query = {"limit": str(PAGE), **({"starting_after": after} if after else {})}
    headers = {"Authorization": f"Bearer {key.reveal()}"}
    url = f"{api}/v1/webhook_endpoints"
    try:
        async with client.session.get(
            url, params=query, headers=headers, allow_redirects=False
        ) as answer:
            body = await answer.read()
            status = answer.status
    except TimeoutError:
        raise StripeError(f"Stripe did not answer within {client.total_timeout:g} s") from None
    except (aiohttp.ClientError, OSError) as error:
        raise StripeError(f"Stripe: {connection_failure(error).detail}") from None
    if status == 401:
        raise StripeError("Stripe refuses api_key (401): create another restricted key")
    if status == 403:
        raise StripeError("api_key lacks the permission to read webhook endpoints (403)")
    if status != 200:
        raise StripeError(f"Stripe answered {status}")
    try:
        content = json.loads(body)
        return [_endpoint(one) for one in content["data"]], bool(content.get("has_more"))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StripeError("Stripe's answer is no list of webhook endpoints") from None


def _endpoint(content: dict[str, Any]) -> StripeEndpoint:
    id_, status = content["id"], content["status"]
    if not isinstance(id_, str) or status not in ("enabled", "disabled"):
        raise ValueError
    address = urlsplit(str(content.get("url", "")))
    shown = f"{address.scheme}://{address.hostname or ''}{address.path}"
    return StripeEndpoint(one_line(id_, LONGEST), one_line(shown, LONGEST), status == "enabled")
