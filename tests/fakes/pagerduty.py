"""A fake PagerDuty: Events API v2, with alerts that open, are acknowledged, close and reopen."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.server import AnswerError, Fake, Received

# PagerDuty developer docs, Events API v2: "Send an alert event".
KEY_LENGTH = 32
MAX_DEDUP_KEY = 255
MAX_SUMMARY = 1024
MAX_EVENT = 512_000  # as Alertmanager counts the documented 512 KB
SEVERITIES = ("critical", "error", "warning", "info")


@dataclass
class Alert:
    """One dedup key under one routing key."""

    state: str = "triggered"
    opened: int = 1  # how many times it was opened
    events: list[str] = field(default_factory=list)
    summary: str = ""


class FakePagerDuty(Fake):
    """A fake that stores alerts by (routing key, dedup key)."""

    name = "pagerduty"
    schema = "pagerduty"

    def __init__(self, *, routing_keys: tuple[str, ...] = (), **more: Any) -> None:
        super().__init__(**more)
        self.routing_keys = routing_keys  # (): any of the right length
        self.alerts: dict[tuple[str, str], Alert] = {}

    def success(self, request: Received) -> tuple[int, Any]:
        """202, as the real one."""
        return 202, self.handle(request)

    def handle(self, request: Received) -> Any:
        """Check the event and move its alert."""
        if request.path != "/v2/enqueue" or request.method != "POST":
            raise AnswerError(404, {"status": "not found"})
        if len(request.raw) > MAX_EVENT:
            raise AnswerError(413, {"status": "payload too large"})
        event = request.json
        faults = _faults(event) if isinstance(event, dict) else ["the body is not an object"]
        if not faults and not self._known(event["routing_key"]):
            faults = ["Invalid routing key"]
        if faults:
            raise AnswerError(
                400,
                {"status": "invalid event", "message": "Event object is invalid", "errors": faults},
            )
        key = event.get("dedup_key") or f"made-up-{len(self.received)}"
        self._apply(event, key)
        return {"status": "success", "message": "Event processed", "dedup_key": key}

    def alert(self, dedup_key: str) -> Alert:
        """Return the alert of that dedup key, under any routing key."""
        (only,) = [alert for (_, key), alert in self.alerts.items() if key == dedup_key]
        return only

    def _known(self, routing_key: str) -> bool:
        return routing_key in self.routing_keys if self.routing_keys else True

    def _apply(self, event: dict[str, Any], key: str) -> None:
        alert_key = (event["routing_key"], key)
        action = event["event_action"]
        alert = self.alerts.get(alert_key)
        if action == "trigger":
            if alert is None:
                alert = self.alerts[alert_key] = Alert()
            elif alert.state == "resolved":
                alert.state = "triggered"
                alert.opened += 1
            # A trigger does not wake an acknowledged alert.
            alert.summary = event["payload"]["summary"]
        elif alert is None or alert.state == "resolved":
            return  # dropped; the answer is 202 all the same
        else:
            alert.state = "acknowledged" if action == "acknowledge" else "resolved"
        alert.events.append(action)


def _faults(event: dict[str, Any]) -> list[str]:
    problems = []
    if not isinstance(event.get("routing_key"), str) or len(event["routing_key"]) != KEY_LENGTH:
        problems.append("'routing_key' is missing or is not a valid integration key")
    action = event.get("event_action")
    if action not in ("trigger", "acknowledge", "resolve"):
        problems.append("'event_action' is not one of trigger, acknowledge, resolve")
    key = event.get("dedup_key")
    if action in ("acknowledge", "resolve") and not key:
        problems.append("'dedup_key' is missing or blank")
    if key is not None and len(key) > MAX_DEDUP_KEY:
        problems.append("Length of 'dedup_key' is greater than the 255 character maximum")
    if action == "trigger":
        problems += _payload_faults(event.get("payload") or {})
    for link in event.get("links", ()):
        if not str(link.get("href", "")).startswith(("http://", "https://")):
            problems.append("'links' has an href that is no web address")
    return problems


def _payload_faults(payload: dict[str, Any]) -> list[str]:
    problems = [
        f"'payload.{name}' is missing or blank"
        for name in ("summary", "source", "severity")
        if not payload.get(name)
    ]
    if len(payload.get("summary") or "") > MAX_SUMMARY:
        problems.append("Length of 'payload.summary' is greater than the 1024 character maximum")
    if payload.get("severity") not in SEVERITIES:
        problems.append("'payload.severity' is invalid")
    return problems
