"""Questions to PagerDuty's REST API: the keys in an incident, and the address of a user.

The Events API answers none of them, and PagerDuty's webhooks have neither a user's address nor, for
most incidents, our key (REST API reference, "Incidents": those with alerts have no incident key).
"""

from typing import Any
from urllib.parse import quote

import aiohttp
import orjson

from gateway.channels.support.client import HttpClient
from gateway.channels.support.connection_errors import connection_failure
from gateway.channels.support.http_errors import status_failure
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import Secret

REST_URL = "https://api.pagerduty.com"

TIMEOUT = 2.0
"""Seconds for one question. PagerDuty waits five for the answer to its webhook, in which three
questions may be asked; what fails is posted again."""

MOST_USERS = 1000
"""Addresses that are remembered. A team has fewer users; the memory ends with the process."""


class Directory:
    """Asks with a read-only key; without one it knows nothing."""

    def __init__(self, http: HttpClient, token: Secret | None, url: str = REST_URL) -> None:
        """Set it up; `http` is closed by its owner."""
        self._http = http
        self._token = token
        self._url = url.rstrip("/")
        self._emails: dict[str, str] = {}

    async def keys_of(self, incident: str) -> list[str]:
        """Return the keys of an incident's alerts. Raises SendError."""
        content = await self._get(f"incidents/{quote(incident, safe='')}/alerts?limit=100")
        alerts = content.get("alerts")
        keys = [one.get("alert_key") for one in _objects(alerts)]
        return [key for key in keys if isinstance(key, str)]

    async def email_of(self, user: str) -> str:
        """Return the address with which a user signs in. Raises SendError."""
        if user not in self._emails:
            content = await self._get(f"users/{quote(user, safe='')}")
            profile = content.get("user")
            email = profile.get("email") if isinstance(profile, dict) else None
            if not isinstance(email, str):
                return ""
            if len(self._emails) >= MOST_USERS:
                self._emails.clear()
            self._emails[user] = email
        return self._emails[user]

    async def check_token(self) -> str | None:
        """Return what the key may do; None without one. Raises SendError."""
        if self._token is None or not self._token.reveal():
            return None
        abilities = (await self._get("abilities")).get("abilities")
        count = len(abilities) if isinstance(abilities, list) else 0
        return f"REST key, {count} abilities"

    async def _get(self, path: str) -> dict[str, Any]:
        """Return an answer; empty for what PagerDuty does not have."""
        if self._token is None or not self._token.reveal():
            return {}
        headers = {
            "Authorization": f"Token token={self._token.reveal()}",
            "Accept": "application/vnd.pagerduty+json;version=2",
        }
        try:
            async with self._http.session.get(
                f"{self._url}/{path}",
                headers=headers,
                timeout=self._http.timeout(TIMEOUT),
                allow_redirects=False,
            ) as answer:
                body = await answer.read()
                if answer.status == 404:
                    return {}
                error = status_failure(
                    answer.status, "", answer.headers, vendor="PagerDuty's REST API"
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            raise connection_failure(failure) from None
        if error is not None:
            raise error
        return _object_of(body)


def _object_of(body: bytes) -> dict[str, Any]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = None
    if not isinstance(content, dict):
        raise SendError(Failure.BAD_ANSWER, "the answer of PagerDuty's REST API cannot be read")
    return content


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
