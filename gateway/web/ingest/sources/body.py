"""JSON of request bodies: strict and fast, else lenient so that only bad alerts are lost.

orjson refuses everything that is not JSON (NaN, BOM, control characters, trailing text). It also
refuses numbers beyond a double, lone surrogates and invalid UTF-8, which should cost only the alert
that holds them. A body with these is parsed a second time, slowly. Of repeated keys the last one
counts, as in Alertmanager.
"""

import json
import math
from typing import Any, NoReturn

import orjson

from gateway.web.ingest.sources.parsed import BodyError

LONGEST_INTEGER = 18
"""Digits up to which an integer is parsed exactly; Python refuses more than 4300."""


def read_json(body: bytes) -> tuple[Any, bool]:
    """Return the value, and whether the body was strictly JSON. Raise BodyError (400)."""
    try:
        return orjson.loads(body), True
    except orjson.JSONDecodeError:
        return _read_slowly(body), False


def has_foreign_text(body: bytes, *, strict: bool) -> bool:
    """Return whether a text may hold NUL or half a character, which databases refuse."""
    # Searching for one byte first is far cheaper, and most bodies do not hold it.
    return not strict or (b"\\" in body and b"\\u0000" in body)


def _read_slowly(body: bytes) -> Any:
    if not body:
        raise BodyError(400, "the body is empty")
    try:
        # Invalid UTF-8 becomes lone surrogates, which are then reported in their alert.
        text = body.decode("utf-8", "surrogateescape")
        return json.loads(
            text, parse_constant=_refuse_constant, parse_int=_integer, parse_float=float
        )
    except json.JSONDecodeError as error:
        position = f"line {error.lineno}, column {error.colno}"
        raise BodyError(400, f"the body is not JSON: {error.msg} at {position}") from None
    except RecursionError:
        raise BodyError(400, "the body is nested too deeply") from None
    except ValueError as error:
        raise BodyError(400, f"the body is not JSON: {error}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else math.inf
