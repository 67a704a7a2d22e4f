"""Single values of an alertmanager.yml: durations, URLs, hosts, matchers, secrets."""

import re
from urllib.parse import urlsplit

from gateway.config.grammar.field_types import Text
from gateway.config.grammar.parsed import FieldType
from gateway.config.grammar.sections import Field
from gateway.core.matching.parse import parse_matchers
from gateway.core.time.timestamps import parse_duration
from gateway.importers.alertmanager.read.field_types import AnyValue, Flag, HiddenSecret, TextMap

_GO_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_GO_PART = re.compile(rf"([0-9]+\.?[0-9]*|\.[0-9]+)({'|'.join(_GO_UNITS)})")
_GO_DURATION = re.compile(rf"[+-]?(0|({_GO_PART.pattern})+)")
_HOST_AND_PORT = re.compile(r"(?:\[[^\[\]]*\]|[^:\[\]]*):[^:\[\]]+")
SHOWN_SECRET = "<secret>"  # noqa: S105  # what amtool prints instead of a secret


def _go_duration(text: str) -> float:
    """Return seconds, read as Go's time.ParseDuration: any order of units, fractions."""
    if len(text) > 40 or _GO_DURATION.fullmatch(text) is None:
        raise ValueError(f'"{text[:40]}" is not a duration such as 10s')
    seconds = sum(float(number) * _GO_UNITS[unit] for number, unit in _GO_PART.findall(text))
    return -seconds if text.startswith("-") else seconds


def check_url(text: str) -> str:
    """Return the text if it is a URL with http or https and a host.

    Raises ValueError without the text, because it may be a secret.
    """
    try:
        parts = urlsplit(text)
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_valid = False
    if not is_valid or text != "".join(text.split()):
        raise ValueError("not a URL: http://… or https://… with a host belongs here")
    return text


def _secret_url(text: str) -> str:
    return text if text == SHOWN_SECRET else check_url(text)


def _webhook_url(text: str) -> str:
    return text if "{{" in text else _secret_url(text)


def _host_and_port(text: str) -> str:
    if text and _HOST_AND_PORT.fullmatch(text) is None:
        raise ValueError(f'"{text}" needs a host and a port, such as smtp.example.com:587')
    return text


STRING = Text("text", blank=True)
MATCHERS = Text("text with matchers", parse_matchers, blank=True)
DURATION = Text("duration", parse_duration)
GO_DURATION = Text("duration", _go_duration)
URL = Text("URL", check_url)
HOST_AND_PORT = Text("host and port", _host_and_port, blank=True)
FLAG = Flag()
SECRET = HiddenSecret()
SECRET_URL = HiddenSecret("URL", _secret_url)
WEBHOOK_URL = HiddenSecret("URL", _webhook_url)
TEXTS = TextMap()
PATTERNS = TextMap(blank=False)
ANY = AnyValue()


def fields(**field_types: FieldType) -> tuple[Field, ...]:
    """Return keys with their types; a trailing underscore avoids Python's own words."""
    return tuple(
        Field(name.removesuffix("_"), field_type, "") for name, field_type in field_types.items()
    )
