"""Recordings as JSON lines, and back.

The first line names the span. Each further line is an entry: an alert's episode, a silence, a
person's action or a change of a rota. Instants are Unix seconds.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from gateway.core.actions.table import ActionName
from gateway.core.actor import stated_actor
from gateway.core.alerts.labels import Labels
from gateway.core.incidents.silence import LATEST, Silence
from gateway.core.matching.matcher import Matcher
from gateway.core.oncall.changes import RotaChange
from gateway.core.recorded.history import RecordedAction, RecordedAlert
from gateway.simulate.recording import Recording, RecordingError

VERSION = 1

Entry = Mapping[str, Any]
"""One key, the entry's kind, and its content."""


def lines_of(recording: Recording) -> Iterator[str]:
    """Yield the lines of a recording, without line ends."""
    yield line_of(header(recording.start, recording.end))
    yield from (line_of(alert_entry(one)) for one in recording.alerts)
    yield from (line_of(silence_entry(one)) for one in recording.silences)
    yield from (line_of(action_entry(one)) for one in recording.actions)
    yield from (line_of(change_entry(one)) for one in recording.changes)


def header(start: float, end: float) -> Entry:
    """Return what the first line says."""
    return {"recording": VERSION, "from": start, "to": end}


def alert_entry(alert: RecordedAlert) -> Entry:
    """Return the entry of an alert's episode."""
    return {"alert": asdict(alert)}


def silence_entry(silence: Silence) -> Entry:
    """Return the entry of a silence."""
    matchers = [{"name": one.name, "op": one.op, "value": one.value} for one in silence.matchers]
    content = {name: getattr(silence, name) for name in _SILENCE}
    return {"silence": {**content, "matchers": matchers}}


def action_entry(action: RecordedAction) -> Entry:
    """Return the entry of an action."""
    return {"action": asdict(action)}


def change_entry(change: RotaChange) -> Entry:
    """Return the entry of a change of a rota."""
    content = {name: getattr(change, name) for name in _CHANGE}
    return {"change": {**content, "by": change.actor.id}}


def line_of(content: Entry) -> str:
    """Return the line, without its end."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


_SILENCE = ("id", "starts_at", "ends_at", "updated_at", "created_by", "comment")
_CHANGE = ("rota", "person", "start", "end", "why", "created_at", "replaces", "beside", "id")


def read_lines(lines: Iterable[str], name: str) -> Recording:
    """Return the recording of a file's lines; `name` is the file's. Raises RecordingError."""
    recording: Recording | None = None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            content = json.loads(line)
            if recording is None:
                recording = _read_header(content)
                continue
            ((kind, value),) = content.items()
            _READERS[kind](recording, value)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = str(error) if isinstance(error, RecordingError) else _why(error)
            raise RecordingError(f"{name}:{number}: {what}") from None
    if recording is None:
        raise RecordingError(f"{name}: it is empty; `gateway record` writes recordings")
    return recording


def _why(error: Exception) -> str:
    known = ", ".join(_READERS)
    return f"not a line of a recording ({type(error).__name__}: {error}); kinds are {known}"


def _read_header(content: Any) -> Recording:
    version = content.get("recording") if isinstance(content, dict) else None
    if version != VERSION:
        raise RecordingError(
            f'the first line must be {{"recording": {VERSION}, "from": TIME, "to": TIME}}; '
            "`gateway record` writes it"
        )
    start, end = _instant(content["from"]), _instant(content["to"])
    if end < start:
        raise RecordingError('"to" is before "from"')
    return Recording(start, end)


def _read_alert(recording: Recording, value: Mapping[str, Any]) -> None:
    ends_at = value.get("ends_at")
    recording.alerts.append(
        RecordedAlert(
            _texts(value["labels"]),
            _instant(value["starts_at"]),
            None if ends_at is None else _instant(ends_at),
            _texts(value.get("annotations", {})),
            str(value.get("source", "")),
        )
    )


def _read_silence(recording: Recording, value: Mapping[str, Any]) -> None:
    matchers = tuple(
        Matcher(str(one["name"]), one["op"], str(one["value"])) for one in value["matchers"]
    )
    starts_at, ends_at = _instant(value["starts_at"]), _instant(value["ends_at"])
    recording.silences.append(
        Silence(
            str(value.get("id", "")),
            matchers,
            starts_at,
            ends_at,
            _instant(value.get("updated_at", starts_at)),
            str(value.get("created_by", "")),
            str(value.get("comment", "")),
        )
    )


def _read_action(recording: Recording, value: Mapping[str, Any]) -> None:
    alerts = tuple(_texts(one) for one in value["alerts"])
    recording.actions.append(
        RecordedAction(
            ActionName(value["name"]).value,
            _instant(value["at"]),
            str(value["by"]),
            str(value.get("via", "")),
            alerts,
        )
    )


def _read_change(recording: Recording, value: Mapping[str, Any]) -> None:
    recording.changes.append(
        RotaChange(
            value["rota"],
            value["person"],
            _instant(value["start"]),
            _instant(value["end"]),
            stated_actor(str(value.get("by", "")), "recording"),
            str(value.get("why", "")),
            _instant(value.get("created_at", value["start"])),
            value.get("replaces"),
            bool(value.get("beside", False)),
            int(value.get("id", 0)),
        )
    )


def _instant(value: Any) -> float:
    at = float(value)
    if not 0.0 <= at < LATEST:
        raise ValueError(f"{value} is no time in Unix seconds")
    return at


def _texts(value: Mapping[str, Any]) -> Labels:
    return {str(name): str(text) for name, text in value.items()}


_READERS: Mapping[str, Callable[[Recording, Any], None]] = {
    "alert": _read_alert,
    "silence": _read_silence,
    "action": _read_action,
    "change": _read_change,
}
