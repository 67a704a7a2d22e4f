"""Parsers of single settings. Each raises SettingError, which says what to write instead."""

import re
from collections.abc import Callable
from typing import TypeVar

from gateway.core.errors import GatewayError
from gateway.core.urls.hosts import read_hosts
from gateway.core.urls.web_url import WebUrl

Url = TypeVar("Url", str, WebUrl)
_PATH = re.compile(r"[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*")
"""Segments of characters that a URL need not escape, so that the path has one spelling."""

_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


class SettingError(GatewayError, ValueError):
    """An environment variable is invalid. The message names it and says what to write."""


def parse_url(name: str, text: str, check: Callable[[str], Url]) -> Url:
    """Return the result of a check of a URL. No error shows the URL: it may hold a token."""
    try:
        return check(text)
    except ValueError as error:
        raise SettingError(f"{name}: {error}") from None


def parse_secret_text(name: str, value: str) -> str:
    """Return a secret. Raises SettingError for space around it, because no client can send that."""
    if value != value.strip():
        problem = "has white space at its beginning or end" if value.strip() else "is blank"
        raise SettingError(
            f"{name} {problem} (its value is not shown): write the value alone, or unset it"
        )
    return value


def parse_hosts(text: str) -> tuple[str, ...]:
    """Return the host names of GATEWAY_ALLOWED_HOSTS."""
    try:
        return read_hosts(text)
    except ValueError as error:
        raise SettingError(
            f"GATEWAY_ALLOWED_HOSTS has {str(error)!r}; write host names without a scheme or "
            "port, separated by commas, like alerts.example.com,*.example.org"
        ) from None


def parse_count(name: str, text: str, at_least: int) -> int:
    """Return a whole number of at least `at_least` and at most a million."""
    if not text.isascii() or not text.isdigit() or not at_least <= int(text) <= 1_000_000:
        raise SettingError(f"{name} is {text!r}; write a whole number, at least {at_least}")
    return int(text)


def parse_listen(text: str) -> tuple[str, int]:
    """Return host and port of GATEWAY_LISTEN."""
    # A port alone is refused: it would mean all addresses, and not only loopback.
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise SettingError(f"GATEWAY_LISTEN is {text!r}; write host:port, like 127.0.0.1:9095")
    return host.strip("[]"), int(port)


def parse_prefix(text: str) -> str:
    """Return the path to serve below, without a slash at its end; empty for the root."""
    path = text.strip("/")
    if path and not _PATH.fullmatch(path):
        raise SettingError(
            f"GATEWAY_ROUTE_PREFIX is {text!r}; write a path like /alertmanager, or / for none"
        )
    return f"/{path}" if path else ""


def parse_flag(name: str, text: str) -> bool:
    """Return whether a flag is set."""
    return parse_choice(name, text.lower(), ("0", "1", "false", "true", "no", "yes")) in (
        "1",
        "true",
        "yes",
    )


def parse_choice(name: str, text: str, allowed: tuple[str, ...]) -> str:
    """Return a value that is one of `allowed`."""
    if text not in allowed:
        raise SettingError(f"{name} is {text!r}; allowed: {', '.join(allowed)}")
    return text


def parse_daily(name: str, text: str) -> str | None:
    """Return a time of day as a cron expression; None for off."""
    if text.lower() == "off":
        return None
    match = _TIME_OF_DAY.fullmatch(text)
    if match is None:
        raise SettingError(f"{name} is {text!r}; write a time of day, like 03:40, or off")
    return f"{int(match[2])} {int(match[1])} * * *"


def parse_seconds(name: str, text: str, at_least: int = 0) -> float:
    """Return whole seconds."""
    if not text.isascii() or not text.isdigit() or int(text) < at_least:
        least = f", at least {at_least}" if at_least else ""
        raise SettingError(f"{name} is {text!r}; write whole seconds, like 20{least}")
    return float(text)
