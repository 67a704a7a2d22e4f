"""Sentry and Grafana in the demonstration: they post the bodies of the billing example."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

import yaml

from gateway.core.time.timestamps import format_rfc3339
from tests.endtoend.world import SECRETS, World
from tests.processes.harness import CHECKOUT, request

EXAMPLE = CHECKOUT / "docs" / "examples" / "billing"
ISSUE = "4100000002"
"""Sentry's number of the issue in sentry-invariant-violation.json."""


def sections() -> Mapping[str, Any]:
    """Return what the demonstration takes from the example beside the shipped routes.yaml."""
    example = yaml.safe_load((EXAMPLE / "routes.yaml").read_text(encoding="utf-8"))
    return {
        "sources": {name: example["sources"][name] for name in ("sentry", "grafana")},
        "links": example["links"],
        "runbooks": str(EXAMPLE / "runbooks"),
    }


class Senders:
    """Programs that post alerts themselves."""

    def __init__(self, world: World) -> None:
        self._url = f"{world.gateway.url}/webhook"

    def violate_invariant(self) -> float:
        """Post Sentry's event of a violated invariant; return the unix time of the post."""
        return self._sentry("event_alert", _body("sentry-invariant-violation"))

    def resolve_issue(self) -> None:
        """Post that somebody resolved the issue in Sentry."""
        issue = {"id": ISSUE, "title": "InvariantViolation", "level": "fatal"}
        self._sentry("issue", {"action": "resolved", "data": {"issue": issue}})

    def grafana(self, status: str) -> None:
        """Post Grafana's alert as firing or resolved, begun a minute ago."""
        body = _body("grafana-checkout-conversion")
        body["status"] = status
        for one in body["alerts"]:
            one |= {"status": status, "startsAt": format_rfc3339(time.time() - 60)}
            if status == "resolved":
                one["endsAt"] = format_rfc3339(time.time())
        token = SECRETS["GRAFANA_TOKEN"]
        self._post("grafana", json.dumps(body).encode(), {"Authorization": f"Bearer {token}"})

    def _sentry(self, resource: str, content: Mapping[str, Any]) -> float:
        body = json.dumps(content).encode()
        key = SECRETS["SENTRY_CLIENT_SECRET"].encode()
        signature = hmac.digest(key, body, hashlib.sha256).hex()
        headers = {"Sentry-Hook-Resource": resource, "Sentry-Hook-Signature": signature}
        posted_at = time.time()
        self._post("sentry", body, headers)
        return posted_at

    def _post(self, source: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post a body. Raises OSError unless it is accepted."""
        more = {"Content-Type": "application/json", **headers}
        status, _, answer = request(f"{self._url}/{source}", "POST", body, more)
        if status != 200:
            raise OSError(f"the gateway answered {source} with {status}: {answer.decode()}")


def _body(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((EXAMPLE / "bodies" / f"{name}.json").read_text())
    return content
