"""Export files: one JSON document after the other, as `curl … >> FILE` writes them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gateway.config.source.problem import shorten
from gateway.importers.oncall.model.position import Position
from gateway.importers.oncall.read.json_value import ExportError, Json

MAX_BYTES = 64 * 1024 * 1024
"""A larger file is refused, so that a wrong one cannot fill the memory."""

WINDOW = "window"
"""The key of the document that says for which time the product rendered its schedules."""


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """The time for which the product was asked who is on call (unix seconds UTC)."""

    start: float
    end: float


@dataclass(slots=True)
class Documents:
    """All documents of an export, and the window that it states, if any."""

    items: list[Json] = field(default_factory=list)
    window: TimeWindow | None = None


def read_documents(files: Iterable[Path]) -> Documents:
    """Read the documents of all files, in order. Raises ExportError."""
    documents = Documents()
    for file in files:
        for document in _documents(file):
            if isinstance(document.value, dict) and set(document.value) == {WINDOW}:
                documents.window = _window(document.at(WINDOW))
            else:
                documents.items.append(document)
    if not documents.items:
        names = ", ".join(map(str, files))
        raise ExportError(Position(names, ""), "it is empty; export the schedules into it")
    return documents


def _documents(file: Path) -> Iterator[Json]:
    text = _text(file)
    decoder = json.JSONDecoder()
    at, count = 0, 0
    result: list[Json] = []
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            break
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            message = (
                f"this is not JSON: {error.msg} (line {error.lineno}, column {error.colno}); "
                "an export is the JSON that the product's API answers"
            )
            raise ExportError(Position(str(file), ""), message) from None
        except RecursionError:
            raise ExportError(Position(str(file), ""), "it is nested too deeply") from None
        count += 1
        result.append(Json(value, Position(str(file), f"document {count}")))
    if count == 1:
        # Paths within the only document need no number.
        result = [Json(one.value, Position(str(file), "")) for one in result]
    yield from result


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = shorten(error.strerror or str(error))
        raise ExportError(Position(str(file), ""), f"it cannot be read: {reason}") from None
    if len(content) > MAX_BYTES:
        raise ExportError(Position(str(file), ""), "it is larger than 64 MiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ExportError(Position(str(file), ""), "it is not UTF-8 text") from None


def _window(document: Json) -> TimeWindow:
    window = TimeWindow(document.instant("start"), document.instant("end"))
    if window.end <= window.start:
        raise document.error("it ends at or before its start")
    return window
