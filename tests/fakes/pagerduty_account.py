"""A fake PagerDuty account: events open incidents, people act on them, webhooks say so."""

import hmac
import json
from dataclasses import dataclass
from typing import Any

from tests.fakes.pagerduty import FakePagerDuty
from tests.fakes.server import AnswerError, Received

USERS = {"PANA": "ana@example.com", "PBEN": "Ben@Example.com", "PEVE": "eve@example.com"}
OCCURRED = "2026-11-18T11:06:41.000Z"


@dataclass
class Incident:
    """An incident of the account; it has one alert, unless a test groups several."""

    id: str
    keys: list[str]
    status: str = "triggered"
    service: str = ""  # the routing key of its integration; empty: alerts of several


class PagerDutyAccount(FakePagerDuty):
    """A fake that also has incidents, users and a webhook subscription.

    `webhooks` are the bodies to be posted, oldest first. As with the real one, an event that
    changes nothing makes none.
    """

    def __init__(self, *, token: str = "test-rest-token", **more: Any) -> None:
        super().__init__(**more)
        self.token = token
        self.with_key = False  # whether webhooks have `incident_key`; real ones often have not
        self.incidents: dict[str, Incident] = {}
        self.webhooks: list[bytes] = []
        self._count = 0

    def success(self, request: Received) -> tuple[int, Any]:
        if request.method == "GET":
            return 200, self._rest(request)
        before = {key: alert.state for key, alert in self.alerts.items()}
        answer = super().success(request)
        key = (request.json["routing_key"], answer[1]["dedup_key"])
        state = self.alerts[key].state
        if before.get(key) != state:
            self._follow(*key, state)
        return answer

    def _note(self, got: Received) -> None:
        if got.method == "POST":
            super()._note(got)

    def _rest(self, request: Received) -> Any:
        if request.headers.get("Authorization") != f"Token token={self.token}":
            raise AnswerError(401, {"error": {"message": "no"}})
        if request.path == "/abilities":
            return {"abilities": ["teams", "urgencies"]}
        _, collection, id_, *_ = request.path.split("/")
        if collection == "users" and id_ in USERS:
            return {"user": {"id": id_, "email": USERS[id_]}}
        if collection == "incidents" and id_ in self.incidents:
            return {"alerts": [{"alert_key": key} for key in self.incidents[id_].keys]}
        raise AnswerError(404, {"error": {"message": "not found"}})

    def _follow(self, service: str, key: str, state: str) -> None:
        """Let the incident follow its alert, and say so by a webhook of the integration."""
        if state == "triggered":
            id_ = f"PINC{len(self.incidents) + 1}"
            self.incidents[id_] = Incident(id_, [key], service=service)
            self.event("triggered", id_)
            return
        known = self.incidents.values()
        incident = [one for one in known if key in one.keys and one.service == service][-1]
        if incident.status == state:  # a person has done it before
            return
        incident.status = state
        self.event(state, incident.id)

    def press(self, kind: str, user: str = "PANA", id_: str = "PINC1", **data: Any) -> bytes:
        """Let a person do something in PagerDuty, and return the webhook of it."""
        state = {"acknowledged": kind, "resolved": kind}.get(kind, "triggered")
        incident = self.incidents[id_]
        if kind != "annotated":
            incident.status = data.pop("status", state)
            for (service, key), alert in self.alerts.items():
                if key in incident.keys and incident.service in ("", service):
                    alert.state = incident.status
        return self.event(kind, id_, user, **data)

    def event(self, kind: str, id_: str, user: str = "", **data: Any) -> bytes:
        """Return a webhook, and keep it to be posted."""
        self._count += 1
        incident = self.incidents.get(id_) or Incident(id_, [])
        reference = {"id": id_, "type": "incident"}
        content: dict[str, Any] = (
            {"type": "incident_note", "id": "PNOTE", "incident": reference, **data}
            if kind == "annotated"
            else {**reference, "status": incident.status, "resolve_reason": None, **data}
        )
        if self.with_key and kind != "annotated" and incident.keys:
            content["incident_key"] = incident.keys[0]
        agent = {"id": user, "type": "user_reference", "summary": user.title()} if user else None
        event = {
            "id": f"01EVENT{self._count:04}",
            "event_type": f"incident.{kind}",
            "resource_type": "incident",
            "occurred_at": data.get("occurred_at", OCCURRED),
            "agent": agent,
            "client": None,
            "data": content,
        }
        body = json.dumps({"event": event}).encode()
        self.webhooks.append(body)
        return body


def user(id_: str) -> dict[str, str]:
    """Return a reference to a user, as in `assignees`."""
    return {"id": id_, "type": "user_reference", "summary": id_.title()}


def signature(body: bytes, *secrets: str) -> dict[str, str]:
    """Return the header by which PagerDuty signs a body."""
    digests = [hmac.digest(one.encode(), body, "sha256").hex() for one in secrets]
    return {"X-PagerDuty-Signature": ",".join(f"v1={one}" for one in digests)}
