"""Bytes to JSON values: strictly and fast; where that fails, as far as alerts can be told apart.

orjson refuses everything that is not JSON (NaN, BOM, control characters, trailing text) and three
things that one broken value should not cost its neighbours: numbers beyond a double, lone
surrogates, invalid UTF-8. A body that holds those is read a second time, slowly, so that only the
alerts concerned are lost. Of doubled keys the last one counts, as in Alertmanager.
"""

import json
import math
from typing import Any, NoReturn

import orjson

from gateway.web.ingest.sources.parsed import BodyError

LONGEST_INTEGER = 18
"""Digits up to which an integer is read exactly; Python refuses to read those beyond 4300."""


def read_json(body: bytes) -> tuple[Any, bool]:
    """The value, and whether the body was JSON by the letter. Raises BodyError (400)."""
    try:
        return orjson.loads(body), True
    except orjson.JSONDecodeError:
        return _read_slowly(body), False


def has_foreign_text(body: bytes, strict: bool) -> bool:
    """Whether a text in the body may hold NUL or half a character, which databases refuse."""
    # Looking for the one byte first is far cheaper, and most bodies hold none.
    return not strict or (b"\\" in body and b"\\u0000" in body)


def _read_slowly(body: bytes) -> Any:
    if not body:
        raise BodyError(400, "the body is empty")
    try:
        # What is not UTF-8 becomes lone surrogates, which are then found in their alert.
        text = body.decode("utf-8", "surrogateescape")
        return json.loads(
            text, parse_constant=_refuse_constant, parse_int=_integer, parse_float=float
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BodyError(400, f"the body is not JSON: {error.msg} at {place}") from None
    except RecursionError:
        raise BodyError(400, "the body is nested too deeply") from None
    except ValueError as error:
        raise BodyError(400, f"the body is not JSON: {error}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else math.inf
