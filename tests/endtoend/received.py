"""Messages that the fake vendors accepted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.fakes.postmark import headers_of

_TAG = re.compile(r"^\[([^\]]+)\]|^\S+ (\w+): ")  # [critical] …, or with an emoji: 🔴 CRITICAL: …
_TITLED = re.compile(r"^\S+ (?:(CRITICAL) \w+ ALERT|\w+ (WARNING|Info))(?:, escalated)?: ")
_STATE = re.compile(r" \((.+), #\d+\)$")  # behind the title: (still firing, #1042)
ACK_LINK = re.compile(r"https?://[^\s\"'<>|]+/ack/[\w-]+")


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """One request that a vendor accepted."""

    at: float
    vendor: str
    to: str  # an address, a channel, a routing key
    incident: int
    what: str  # postmark: mail; slack: post, update, reply; pagerduty: the event's action
    title: str
    content: dict[str, Any]

    @property
    def summary(self) -> str:
        """A summary: "trigger"; "mail critical"; "post critical", "reply acknowledged"."""
        if self.vendor == "pagerduty":
            return self.what
        titled = _TITLED.search(self.title)
        if titled:
            state = _STATE.search(self.title)
            behind = f", {state[1]}" if state else ""
            return f"{self.what} {titled[1] or titled[2]}{behind}".lower()
        tag = _TAG.search(self.title)
        return f"{self.what} {tag[1] or tag[2]}".lower() if tag else self.what

    @property
    def text(self) -> str:
        """All text and links of the message, as one string."""
        return "\n".join(_texts(self.content))

    @property
    def ack_links(self) -> set[str]:
        """The acknowledge links of the message."""
        return set(ACK_LINK.findall(self.text))


def received_messages(lines: Iterable[dict[str, Any]]) -> Iterator[ReceivedMessage]:
    """Yield the messages for people from the lines of the fakes' log."""
    # Slack answers a post with the channel's id; later requests are addressed to that.
    channels: dict[str, str] = {}
    for line in lines:
        read = _READERS.get(line["vendor"])
        if read is None:
            continue
        content = line["json"]
        to, incident, what, title = read(line["path"], content)
        if what == "post":
            channels[line["answer"]["channel"]] = to
        to = channels.get(to, to)
        yield ReceivedMessage(line["at"], line["vendor"], to, incident, what, title, content)


def _mail(path: str, mail: dict[str, Any]) -> tuple[str, int, str, str]:
    return mail["To"], int(headers_of(mail)["X-Gateway-Incident"]), "mail", mail["Subject"]


def _slack(path: str, message: dict[str, Any]) -> tuple[str, int, str, str]:
    incident = message["metadata"]["event_payload"]["incident"]
    what = "update" if path.endswith("update") else "reply" if "thread_ts" in message else "post"
    return message["channel"], incident, what, message["text"]


def _pagerduty(path: str, event: dict[str, Any]) -> tuple[str, int, str, str]:
    # Only a trigger has text; the key of all events of an incident contains its number.
    number = int(event["dedup_key"].split("-")[1])
    title = event.get("payload", {}).get("summary", "")
    return event["routing_key"], number, event["event_action"], title


_READERS = {"postmark": _mail, "slack": _slack, "pagerduty": _pagerduty}


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for value in content.values() if isinstance(content, dict) else content:
            yield from _texts(value)
