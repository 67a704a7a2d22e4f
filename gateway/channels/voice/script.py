"""What a call says and asks for: documents in Twilio's markup, TwiML."""

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from gateway.channels.support.facts import incident_name
from gateway.channels.voice.speech import spoken
from gateway.core.incidents.message import Message

LONGEST_SCRIPT = 4000
"""Characters of a document that Twilio takes with a call."""

KEY_WITHIN = 7
"""Seconds after each reading in which a key may be pressed."""

TIMES = 2
"""How often a message is read. A person who has just woken up misses the first half."""


@dataclass(frozen=True, slots=True)
class Voice:
    """The voice that reads; empty: the vendor's usual one."""

    language: str = ""
    name: str = ""

    def element(self, text: str) -> str:
        """Return the element that reads a text."""
        attributes = "".join(
            f" {name}={quoteattr(value)}"
            for name, value in (("language", self.language), ("voice", self.name))
            if value
        )
        return f"<Say{attributes}>{escape(text)}</Say>"


def script(message: Message, voice: Voice, keys_url: str) -> str:
    """Return the document of a call: the message, twice, and what to press.

    `keys_url` is where pressed keys are posted; empty: no key is asked for. A key interrupts.
    """
    words = "" if message.reduced else message.parts.get("text", "")
    text = spoken(words) or spoken(incident_name(message))
    if not keys_url:
        return document("<Pause/>".join(["", *TIMES * [voice.element(text)]]))
    prompt = spoken(message.parts.get("prompt", ""))
    gather = (
        f'<Gather numDigits="1" timeout="{KEY_WITHIN}" method="POST" action={quoteattr(keys_url)}>'
        f"<Pause/>{voice.element(text)}{voice.element(prompt)}</Gather>"
    )
    return document(TIMES * gather)


def last_words(text: str, voice: Voice) -> str:
    """Return the document that says one thing and ends the call."""
    return document(voice.element(spoken(text)))


def document(content: str) -> str:
    """Return a whole document, after which the call ends."""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{content}<Hangup/></Response>'
