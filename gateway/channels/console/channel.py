"""The console channel, and the printer of any channel whose provider is `console`.

It shows what would be sent before there is any account.
"""

import os
import sys
from collections.abc import Mapping
from typing import TextIO

from gateway.channels.support import facts as read
from gateway.channels.support.mail_headers import extra_headers
from gateway.channels.support.truncate import strip_controls, truncate_lines
from gateway.core.incidents.message import Message, Receipt
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import EACH_TARGET, ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS, AddressKind, ChannelSpec
from gateway.core.plan.plan import Target
from gateway.core.plan.target_name import references, target_name
from gateway.core.text.escape import one_line, safe_url

MAX_CHARACTERS = 4000
"""Characters of one message: more would fill the terminal."""

_RED, _YELLOW, _BLUE, _GREEN, _GREY = "31", "33", "34", "32", "90"
_COLOURS = {1: _RED, 2: _YELLOW, 3: _BLUE}
_RULE = "─" * 78


class Console:
    """Prints each message to a stream; in colour when that is a terminal and NO_COLOR is unset."""

    in_flight = 1

    def __init__(
        self,
        stream: TextIO,
        *,
        spec: ChannelSpec = CHANNELS["console"],
        placeholder_reason: str | None = None,
        colour: bool | None = None,
    ) -> None:
        """Print messages of the channel `spec`; `placeholder_reason` says why."""
        self.spec = spec
        self._stream = stream
        self._stands_in = placeholder_reason
        if colour is None:
            colour = stream.isatty() and not os.environ.get("NO_COLOR")
        self._colour = colour

    def accepts(self, kind: NoticeKind, *, quiet: bool) -> bool:
        """Accept everything except quiet updates: what is printed cannot be edited."""
        return not quiet

    async def send(self, message: Message, target: Target, receipt: Receipt | None) -> Receipt:
        """Print the message. Raises SendError when the stream is gone."""
        try:
            self._stream.write(self._format(message, target))
            self._stream.flush()
        except (OSError, ValueError) as error:
            detail = f"the console cannot be written ({type(error).__name__})"
            raise SendError(Failure.CONNECTION, detail) from None
        return {"printed": str(message.notice_id)}

    def problem(self) -> str:
        """Return empty text: it has no threads."""
        return ""

    async def close(self) -> None:
        """Do nothing: the stream belongs to the process."""

    def _format(self, message: Message, target: Target) -> str:
        parts = {part: self._for_terminal(text) for part, text in message.parts.items()}
        heading = parts.get("subject") or parts.get("title") or parts.get("summary")
        heading = heading or read.text(message.facts, "title") or read.incident_name(message)
        body = truncate_lines(
            parts.get("text", "").strip(), MAX_CHARACTERS, "… cut, see the incident"
        )
        status = self._status_line(message)
        colour = _GREEN if message.status == "resolved" else _COLOURS.get(message.rank, _GREY)
        lines = [
            self._paint(_RULE, _GREY),
            f"{self._paint(status, f'1;{colour}')}  {self._destination(target)}",
            *(f"{name}: {value}" for name, value in extra_headers(message, target).items()),
        ]
        if heading and one_line(heading) not in body:
            lines.append(self._paint(one_line(heading, 300), "1"))
        if body:
            lines += ["", body]
        links = [
            f"{one_line(link.text) or link.role}: {url}"
            for link in message.links
            if (url := safe_url(link.url)) and link.url not in body
        ]
        if links:
            lines += ["", *links]
        return "\n".join(lines) + "\n\n"

    def _status_line(self, message: Message) -> str:
        severity = one_line(message.severity, 40).upper()
        number = f"#{message.incident} " if message.incident else ""
        return f"{number}{severity} {message.status} ({message.reason.value})"

    def _destination(self, target: Target) -> str:
        if self.spec.address is AddressKind.NONE:
            return ""
        person = f" ({target.person})" if target.person else ""
        addresses = ", cc ".join(map(one_line, [target.address, *target.copies]))
        what = f"{self.spec.label} to {addresses}{person}"
        if self.spec.secret_address:
            what = target_name(target)
        why = self._stands_in
        if why == EACH_TARGET:
            why = f"no {one_line(references(target.address), 100)}"
        if target.options.get("provider") == "console":
            why = f"no {self.spec.credential}"
        return what + (f" (not sent: {why})" if why else "")

    def _paint(self, text: str, codes: str) -> str:
        return f"\x1b[{codes}m{text}\x1b[0m" if self._colour else text

    def _for_terminal(self, text: str) -> str:
        """Return text without markup and without escape sequences that a terminal acts on."""
        if self.spec.markup is not None:
            text = self.spec.markup.unescape(text)
        return strip_controls(text)


def build(settings: ChannelSettings, secrets: Mapping[str, Secret]) -> Console:
    """Return the channel of `channels: console:`, on standard output."""
    return Console(sys.stdout)


def placeholder(spec: ChannelSpec, settings: ChannelSettings) -> Console:
    """Return a console that prints a channel's messages, and why they are not sent."""
    why = settings.options.get("because", "provider is console")
    return Console(sys.stdout, spec=spec, placeholder_reason=why)
