"""Episodes of alerts and silences from what an Alertmanager answers, time after time. Pure."""

from collections.abc import Mapping
from typing import Any

from gateway.core.alerts.labels import Labels, identity
from gateway.core.incidents.silence import Silence
from gateway.core.matching.matcher import Matcher
from gateway.core.recorded.history import RecordedAlert
from gateway.core.time.timestamps import parse_rfc3339
from gateway.simulate.recording import RecordingError


class Watch:
    """What an Alertmanager has shown so far. It keeps no history: an alert is over when the next
    answer is without it."""

    def __init__(self) -> None:
        self._firing: dict[str, RecordedAlert] = {}
        self._done: list[RecordedAlert] = []
        self._silences: dict[str, Silence] = {}

    def add(self, alerts: Any, silences: Any, now: float) -> None:
        """Add the answers of `/api/v2/alerts` and `/api/v2/silences`. Raises RecordingError."""
        try:
            shown = {one.identity: one for one in map(_alert, alerts)}
            made = [_silence(one) for one in silences]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise RecordingError("the answer is not one of Alertmanager's API") from None
        for name, known in self._firing.items():
            new = shown.get(name)
            if new is None or new.recorded.starts_at > known.starts_at:
                self._done.append(_ended(known, now if new is None else new.recorded.starts_at))
        self._firing = {name: one.recorded for name, one in shown.items()}
        self._silences.update((one.id, one) for one in made)

    def alerts(self) -> list[RecordedAlert]:
        """Return the episodes, those that are over first."""
        return [*self._done, *self._firing.values()]

    def silences(self) -> list[Silence]:
        """Return the silences, those that are over too, each as it was last."""
        return list(self._silences.values())


_OPERATORS = {(False, True): "=", (False, False): "!=", (True, True): "=~", (True, False): "!~"}
"""By whether it is a pattern, and whether that must match."""


class _Shown:
    """An alert of an answer."""

    __slots__ = ("identity", "recorded")

    def __init__(self, recorded: RecordedAlert) -> None:
        self.identity = identity(recorded.labels)
        self.recorded = recorded


def _alert(value: Mapping[str, Any]) -> _Shown:
    labels: Labels = {str(k): str(v) for k, v in value["labels"].items()}
    annotations = {str(k): str(v) for k, v in value.get("annotations", {}).items()}
    starts_at = parse_rfc3339(value["startsAt"])
    return _Shown(RecordedAlert(labels, starts_at, None, annotations, "alertmanager"))


def _ended(alert: RecordedAlert, at: float) -> RecordedAlert:
    return RecordedAlert(alert.labels, alert.starts_at, at, alert.annotations, alert.source)


def _silence(value: Mapping[str, Any]) -> Silence:
    matchers = [
        Matcher(
            str(one["name"]),
            _OPERATORS[bool(one["isRegex"]), bool(one.get("isEqual", True))],
            str(one["value"]),
        )
        for one in value["matchers"]
    ]
    return Silence(
        str(value["id"]),
        tuple(matchers),
        parse_rfc3339(value["startsAt"]),
        parse_rfc3339(value["endsAt"]),
        parse_rfc3339(value["updatedAt"]),
        str(value.get("createdBy", "")),
        str(value.get("comment", "")),
    )
