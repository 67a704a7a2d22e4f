"""Answers to Twilio: documents in its markup, TwiML."""

from xml.sax.saxutils import escape

from aiohttp import web

from gateway.channels.sms.segments import capacity, cut, is_gsm7, plain_text
from gateway.channels.support.truncate import strip_controls

LONGEST_ANSWER = 2
"""Segments of a text message that is answered."""


def message(text: str) -> web.Response:
    """Return an answer that sends a text message; an empty text sends none."""
    if not text:
        return document("")
    plain = plain_text(strip_controls(text))
    gsm7 = is_gsm7(plain)
    plain = cut(plain, capacity(LONGEST_ANSWER, gsm7=gsm7), gsm7=gsm7)
    return document(f"<Message>{escape(plain)}</Message>")


def document(content: str) -> web.Response:
    """Return a whole document. An answer of another form is read to people as an error."""
    text = f'<?xml version="1.0" encoding="UTF-8"?><Response>{content}</Response>'
    return web.Response(text=text, content_type="text/xml")
