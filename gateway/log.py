"""Structured logs: one JSON object per line for machines, one readable line for a terminal.

Registered secrets and tokens of signed links are replaced by `***` in every line (Promise 10).
Masking works on the finished record, so it covers messages, arguments, fields and tracebacks,
including those of libraries.
"""

import json as json_format
import logging
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TextIO
from urllib.parse import quote

import orjson
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.orjson import OrjsonFormatter

from gateway.core.text.escape import escape_invisible

MASK = "***"

SHORTEST_SECRET = 4
"""Characters. Shorter values would mask ordinary words everywhere, and so reveal themselves."""

# aiohttp.access logs the URL of each request, and the SDKs log whole bodies and headers with tokens
# at DEBUG. Alembic logs each of its steps; one line of ours covers them.
QUIET_LOGGERS = (
    "aiohttp.access",
    "alembic",
    "apprise",
    "asyncio",
    "httpx",
    "pdpyras",
    "slack_sdk",
    "twilio",
    "urllib3",
)

_LINK_TOKEN = re.compile(r"((?:/|%2F)(?:ack|swap|feeds)(?:/|%2F))[A-Za-z0-9_%.=~-]+", re.IGNORECASE)


class _SecretPattern:
    """The values to mask, as one pattern that is replaced as a whole: readers need no lock."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self.pattern: re.Pattern[str] | None = None

    def add(self, value: str) -> None:
        self._values |= {value, quote(value), quote(value, safe="")}
        # Longest first: one secret may begin with another.
        ordered = sorted(self._values, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, ordered)))


_secrets = _SecretPattern()


def add_secret(value: str) -> None:
    """Mask `value` in every record from now on, also in its URL-encoded form.

    Values under SHORTEST_SECRET characters are not masked. Adding a value twice is fine.
    """
    if len(value) >= SHORTEST_SECRET:
        _secrets.add(value)


def redact(text: str) -> str:
    """Return `text` with registered secrets and tokens of signed links masked."""
    if _secrets.pattern is not None:
        text = _secrets.pattern.sub(MASK, text)
    lowered = text.lower()
    # Far cheaper than the pattern, and each delivery is logged.
    if "ack" in lowered or "swap" in lowered or "feeds" in lowered:
        text = _LINK_TOKEN.sub(rf"\g<1>{MASK}", text)
    return text


_bound_fields: ContextVar[Mapping[str, object]] = ContextVar(
    "bound_fields", default=MappingProxyType({})
)


def bind_fields(**fields: object) -> None:
    """Add fields to every later record of this context: the current task and what it starts.

    They hold until the task ends, so bind them in a task or a context of its own. `extra` of a
    single record wins over a bound field. A field must not have the name of a record's attribute,
    such as `name` or `args`.
    """
    _bound_fields.set({**_bound_fields.get(), **fields})


_muted: ContextVar[bool] = ContextVar("muted", default=False)


def mute_context() -> None:
    """Drop every later record of this context below ERROR: of the current thread or task.

    For gateways in virtual time: their lines look like those about real messages.
    """
    _muted.set(True)


def _is_wanted(record: logging.LogRecord) -> bool:
    """Return whether a record is written. Called in the context that logged it."""
    return record.levelno >= logging.ERROR or not _muted.get()


def _add_bound_fields(record: logging.LogRecord) -> None:
    """Copy the bound fields into a record. Call it in the context that logged the record."""
    for name, value in _bound_fields.get().items():
        record.__dict__.setdefault(name, value)


def _redact_value(value: object) -> object:
    """Return a value with secrets masked inside; other than plain data becomes masked text."""
    if isinstance(value, str):
        return redact(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        return {redact(str(key)): _redact_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redact_value(item) for item in value]
    return redact(str(value))


def _time_of(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


_RESERVED = frozenset(RESERVED_ATTRS)


class _JsonFormatter(OrjsonFormatter):
    """One object per line: the record's own keys, then those of `extra` and of `bind_fields`."""

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        )

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return _time_of(record).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def format(self, record: logging.LogRecord) -> str:
        _add_bound_fields(record)
        if record.exc_info or record.exc_text or record.stack_info or isinstance(record.msg, dict):
            return super().format(record)
        # The same at a fifth of the cost: each delivery is logged.
        log_data: dict[str, Any] = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        for key, value in record.__dict__.items():
            if key not in _RESERVED and key[:1] != "_":
                log_data[key] = _redact_value(value)
        return self.jsonify_log_record(log_data)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {
            key: _redact_value(value) for key, value in super().process_log_record(log_data).items()
        }

    def jsonify_log_record(self, log_data: dict[str, Any]) -> str:
        with suppress(orjson.JSONEncodeError):  # a lone surrogate, or an integer beyond 64 bits
            text = str(super().jsonify_log_record(log_data))
            if text.isascii():
                return text
        return json_format.dumps(log_data, default=str)  # slower, and escapes everything else


class _TextFormatter(logging.Formatter):
    """`time level logger: message key=value`, in UTC; one line per record except for tracebacks."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return f"{_time_of(record):%H:%M:%SZ}"

    def formatMessage(self, record: logging.LogRecord) -> str:
        extra = {k: v for k, v in vars(record).items() if k not in RESERVED_ATTRS}
        fields = "".join(f" {key}={_field_text(value)}" for key, value in extra.items())
        return super().formatMessage(record).replace("\n", "\\n") + fields

    def format(self, record: logging.LogRecord) -> str:
        _add_bound_fields(record)
        # Foreign text could forge a line, control the terminal, or disguise itself.
        return escape_invisible(redact(super().format(record)))


def _field_text(value: object) -> str:
    """Return a value for `key=value`, quoted where it could be read as more than one word."""
    text = str(value)
    return (
        text
        if text and not re.search(r"[\s\"=]", text)
        else json_format.dumps(text, ensure_ascii=False)
    )


def setup(level: str = "INFO", *, json: bool = True, stream: TextIO | None = None) -> None:
    """Write all logs to `stream` (default: standard error) at `level` ("DEBUG" … "ERROR").

    `json=False` writes the form for terminals. A second call replaces the handler of the first.
    Raises ValueError for an unknown level.
    """
    # No line contains these, and collecting them takes as long as writing one
    # (Logging HOWTO, "Optimization").
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    name = level.upper()
    if name not in logging.getLevelNamesMapping():
        raise ValueError(f"unknown log level {level!r}: use DEBUG, INFO, WARNING or ERROR")
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_JsonFormatter() if json else _TextFormatter())
    handler.addFilter(_is_wanted)
    handler.set_name("gateway")
    root = logging.getLogger()
    for earlier in [h for h in root.handlers if h.get_name() == "gateway"]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(name)
    for noisy in QUIET_LOGGERS:
        logging.getLogger(noisy).setLevel(logging.WARNING)
