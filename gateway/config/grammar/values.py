"""Field types of the remaining single values: zones, addresses, URLs, matchers, numbers."""

import re
from zoneinfo import available_timezones

from gateway.config.grammar.field_types import Text
from gateway.config.grammar.secret_types import WEB_PATTERN, SecretType, Url
from gateway.config.source.problem import ParseError
from gateway.core.matching.matcher import Matcher, MatcherError
from gateway.core.matching.parse import parse_matchers
from gateway.core.text.nearest import nearest
from gateway.core.time.wallclock import load_zone
from gateway.core.urls.web_url import plain_url, proxy_url

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.?[^@\s,;<>\"]*")
_SENDER = re.compile(rf"(?:[^<>\r\n]+ <({_EMAIL.pattern})>|{_EMAIL.pattern})")
LONGEST_MAILBOX = 32
"""Characters before the @ of an inbound address: a local part has at most 64, the token 31."""
_TRUE = frozenset(("true", "yes", "on"))
_FALSE = frozenset(("false", "no", "off"))


def _zone(text: str) -> str:
    try:
        load_zone(text)
    except ValueError as error:
        # Only cities: of PST the nearest would be MST, which is another time.
        cities = [name for name in available_timezones() if "/" in name and name[:4] != "Etc/"]
        raise ParseError(str(error), nearest(text, [*cities, "UTC"])) from None
    return text


def _email(text: str) -> str:
    several = [one.strip() for one in re.split(r"[,;\s]+", text.strip()) if one.strip()]
    if len(several) > 1 and all(map(_EMAIL.fullmatch, several)):
        raise ValueError(f'"{text}" is several addresses: write [{", ".join(several)}]')
    if not is_email(text):
        raise ValueError(f'"{text}" is not an e-mail address such as ana@example.com')
    return text


def is_email(text: str) -> bool:
    """Return whether a text is one e-mail address."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def _inbound_address(text: str) -> str:
    mailbox = _email(text).rpartition("@")[0]
    if len(mailbox) > LONGEST_MAILBOX or "+" in mailbox:
        raise ValueError(
            f'"{text}": write at most {LONGEST_MAILBOX} characters before the @ and no "+", '
            "because a token is added there"
        )
    return text


def _sender(text: str) -> str:
    if len(text) > 320 or _SENDER.fullmatch(text) is None:
        raise ValueError(
            f'"{text}" is not a sender: write alerts@example.com or "Alerts <alerts@example.com>"'
        )
    return text


def _bare_url(text: str) -> str:
    url = plain_url(text)
    if "/" in url.partition("://")[2]:
        raise ValueError("host and port only, without a path: write https://proxy.example.com")
    return url


def _word(text: str) -> str:
    if text != "".join(text.split()):
        raise ValueError(f'"{text}" must not have spaces in it')
    return text


def _flag(text: str) -> bool:
    word = text.lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError(f'"{text}" is neither true nor false')


def _matchers(text: str) -> tuple[Matcher, ...]:
    try:
        return parse_matchers(text)
    except MatcherError as error:
        swapped = re.sub(r"~=", "=~", text, count=1)
        error_text = str(error)
        if text.count('"') % 2:
            error_text += "; in [ ] put one with a comma into single quotes: 'team=~\"a,b\"'"
        raise ParseError(error_text, swapped if swapped != text else None) from None


def count(least: int, most: int) -> Text:
    """Return the type of a whole number between two others."""

    def parse(text: str) -> int:
        # 010 is eight to YAML 1.1, ten to YAML 1.2 and to people.
        if re.fullmatch(r"0|-?[1-9][0-9]{0,17}", text) is None:
            raise ValueError(f'"{text}" is not a whole number from {least} to {most}')
        if not least <= int(text) <= most:
            raise ValueError(f"{text} is not between {least} and {most}")
        return int(text)

    return Text(f"whole number from {least} to {most}", parse, "^[0-9]+$", ("integer", "string"))


def _pattern(text: str) -> Matcher:
    try:
        return Matcher("address", "=~", text)
    except MatcherError as error:
        raise ValueError(str(error)) from None


_ANY = ("string", "number", "boolean")
SECRET = SecretType()
MAYBE_SECRET = SecretType(blank=True)
URL = Url()
SECRET_URL = Url("secret URL", secret=True)
PROXY = Url("URL of an HTTP proxy", proxy_url)
TEXT = Text(types=_ANY)
ANY_TEXT = Text(types=_ANY, blank=True)
WORD = Text("word", _word)
NAME = Text("name")
ZONE = Text("time zone", _zone, r"^[A-Za-z]")
EMAIL = Text("e-mail address", _email, "@")
INBOUND_ADDRESS = Text("e-mail address", _inbound_address, "@")
SENDER = Text("sender", _sender, "@")
PLAIN_URL = Text("URL", plain_url, WEB_PATTERN)
BARE_URL = Text("URL", _bare_url, f"{WEB_PATTERN}[^/]+/?$")
PATTERN = Text("pattern", _pattern)
FLAG = Text("true or false", _flag, types=("boolean", "string"))
MATCHERS = Text(
    "text with matchers", _matchers, "[=!]", example="""'severity="critical"', in single quotes"""
)
