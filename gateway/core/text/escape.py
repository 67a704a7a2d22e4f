"""Escaping of foreign text: a label must never become a mention, a link or a line.

Labels and annotations come from anyone who can make an alert. Each function here is for one target
of such text.
"""

import re
from urllib.parse import urlsplit

LONGEST_URL = 3000
"""The longest url of a Slack button, in characters; longer ones are refused everywhere alike."""

_UNSEEN = re.compile(
    # Controls and line ends; zero-width and bidirectional marks, which can make a text read as
    # another one ("Trojan Source", CVE-2021-42574); lone surrogates, which cannot be encoded.
    "[\x00-\x20\x7f-\xa0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff]+"
)
_HIDDEN = re.compile(
    # Everything that a terminal acts on or does not show: controls, zero-width and bidirectional
    # marks, blank letters (Hangul fillers), invisible tags (U+E0000…), lone surrogates. Line ends
    # and tabs stay.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
_NOT_IN_URL = re.compile(r"[\s\x00-\x1f\x7f-\x9f<>\"'`\\{}|^\ud800-\udfff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_.])?|[0-9a-f:.]*:[0-9a-f:.]*")
_BIDI = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def slack_escape(text: str) -> str:
    """Escape for Slack's mrkdwn and `text`: exactly ``&``, ``<`` and ``>``.

    That alone disarms ``<!channel>``, ``<@U…>`` and links (Slack docs, "Formatting text for app
    surfaces"). Quotes stay: Slack does not decode other entities.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def slack_unescape(text: str) -> str:
    """Undo `slack_escape`, for output that is not Slack's."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def safe_url(url: str) -> str | None:
    """Return the URL in normal form, or None when it must not become a link.

    Only http and https with a host and no user name (``https://bank.example.com@evil.example``),
    at most LONGEST_URL characters, no control or bidirectional characters: ``javascript:``,
    ``data:`` and URLs split over lines are refused. Vendors refuse what RFC 3986 allows or
    browsers forgive, so scheme and host become lower-case, the host ASCII (IDNA), and what is no
    character of a URI is percent-encoded as UTF-8 (RFC 3986, 6.2.2; RFC 3987, 3.1).
    """
    url = url.strip()
    if not 8 <= len(url) <= LONGEST_URL or _BIDI.search(url):
        return None
    if not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    if "@" in parts.netloc or _NOT_IN_URL.search(parts.netloc):
        return None
    host = _ascii_host(host)
    if host is None:
        return None
    netloc = (f"[{host}]" if ":" in host else host) + ("" if port is None else f":{port}")
    # Not urlunsplit: it drops an empty query or fragment, and would change what was written.
    _, _, rest = url.partition("://")
    rest = rest[len(parts.netloc) :]
    rest = _STRAY_PERCENT.sub("%25", rest)
    rest = _BEYOND_ASCII.sub(_percent, _NOT_IN_URL.sub(_percent, rest))
    safe = f"{parts.scheme}://{netloc}{rest}"
    return safe if len(safe) <= LONGEST_URL else None


def _ascii_host(host: str) -> str | None:
    """Return a host name in lower-case ASCII, or None when it is not one."""
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return name if _HOST.fullmatch(name) else None


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode())


def slack_link(url: str, label: str) -> str:
    """Return ``<url|label>`` for mrkdwn, or the label alone if the url is unsafe."""
    safe = safe_url(url)
    text = slack_escape(one_line(label))
    if safe is None:
        return text
    # A "|" in the label would only cut it short; a similar character keeps it whole.
    return f"<{slack_escape(safe)}|{text.replace('|', '¦')}>"


def one_line(text: str, limit: int | None = None) -> str:
    """Return the text on one line: control and direction marks become single spaces.

    `limit` is in characters; longer text ends in "…". For subjects, titles, header values.
    """
    if not text.isprintable() or "  " in text or text[:1] == " " or text[-1:] == " ":
        text = _UNSEEN.sub(" ", text).strip()
    if limit is not None and len(text) > limit:
        text = text[: max(limit - 1, 0)].rstrip() + "…"
    return text


def escape_invisible(text: str) -> str:
    """Return the text with invisible characters as escapes, such as ``\u202e``.

    For logs, terminals and excerpts, where people must see what was really sent. Line ends and tabs
    stay.
    """
    if text.isascii() and text.isprintable():  # nearly always, and cheap to know
        return text
    return _HIDDEN.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
