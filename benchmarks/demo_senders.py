"""Sentry and Grafana in the demonstration: they post the bodies of the billing example."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import yaml

from gateway.core.time.timestamps import format_rfc3339
from tests.endtoend.world import SECRETS, World
from tests.processes.harness import CHECKOUT, request

EXAMPLE = CHECKOUT / "docs" / "examples" / "billing"
JOB = "renewal-cron"
PERIOD = {"period": "5s", "grace": "2s", "longest_run": "5s"}
"""The job's schedule here: seconds for a day."""
PING_EVERY = 2.0
"""Seconds between two pings of a job that is well. A missing one is due after five."""
ISSUE = "4100000002"
"""Sentry's number of the issue in sentry-invariant-violation.json."""


def sections() -> Mapping[str, Any]:
    """Return what the demonstration takes from the example beside the shipped routes.yaml."""
    example = yaml.safe_load((EXAMPLE / "routes.yaml").read_text(encoding="utf-8"))
    job = {
        key: value
        for key, value in example["heartbeats"][JOB].items()
        if key not in ("cron", "timezone")
    }
    return {
        "sources": {name: example["sources"][name] for name in ("sentry", "grafana")},
        "heartbeats": {JOB: {**job, **PERIOD}},
        "links": example["links"],
        "runbooks": str(EXAMPLE / "runbooks"),
    }


class Senders:
    """Programs that post alerts themselves, and a job that pings."""

    def __init__(self, world: World) -> None:
        self._gateway = world.gateway
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

    def ping(self) -> None:
        """Let the renewal cron say that it succeeded."""
        _, answer = self._gateway.get("/api/v1/heartbeats")
        (job,) = answer["heartbeats"]
        status, _, content = request(job["url"], "POST", b"812 subscriptions renewed")
        if status != 200:
            raise OSError(f"the gateway answered a ping with {status}: {content.decode()}")

    def keep_pinging(self) -> None:
        """Ping in a thread until the gateway ends, so that the job stays well from now on."""

        def ping_until_it_ends() -> None:
            with suppress(OSError):
                while True:
                    self.ping()
                    time.sleep(PING_EVERY)

        threading.Thread(target=ping_until_it_ends, daemon=True).start()

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
