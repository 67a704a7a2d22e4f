"""Answers to Twilio: documents in its markup, TwiML."""

from xml.sax.saxutils import escape

from aiohttp import web

from gateway.channels.sms.segments import capacity, cut, is_gsm7, plain_text
from gateway.channels.support.truncate import strip_controls

_END = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>'

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
    return whole(f'<?xml version="1.0" encoding="UTF-8"?><Response>{content}</Response>')


def whole(document: str) -> web.Response:
    """Return an answer with a document; an empty one ends a call without a word."""
    return web.Response(text=document or _END, content_type="text/xml")
