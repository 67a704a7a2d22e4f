"""Episodes of alerts from Prometheus's series `ALERTS`. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway.core.alerts.labels import Labels
from gateway.core.recorded.history import RecordedAlert
from gateway.simulate.recording import RecordingError

QUERY = 'ALERTS{alertstate="firing"}'
"""What Prometheus stores of each firing alert, at each evaluation of its rule. It is without the
labels that Prometheus adds when it sends alerts (`external_labels`)."""

STEP = 60.0
"""Seconds between two samples."""

SPAN = 86400.0
"""Seconds of one query. Prometheus refuses more than 11,000 samples of a series."""

GAP = 300.0
"""Seconds without a sample after which an alert has ended: Prometheus counts samples so old."""

_OWN = frozenset({"__name__", "alertstate"})


class Episodes:
    """Joins the samples of many answers, oldest first, to episodes."""

    def __init__(self, added: Labels) -> None:
        """`added` are labels that each alert has besides."""
        self._added = added
        self._open: dict[tuple[tuple[str, str], ...], list[float]] = {}  # first and last sample
        self._done: list[RecordedAlert] = []

    def add(self, answer: Any) -> None:
        """Add an answer of `/api/v1/query_range`. Raises RecordingError."""
        for labels, instants in _series(answer):
            name = tuple(sorted({**self._added, **labels}.items()))
            for at in instants:
                known = self._open.get(name)
                if known is not None and at - known[1] <= GAP:
                    known[1] = max(known[1], at)
                    continue
                if known is not None:
                    self._end(name, known)
                self._open[name] = [at, at]

    def all(self, end: float) -> list[RecordedAlert]:
        """Return all episodes; those with a sample just before `end` still fire."""
        for name, known in self._open.items():
            if end - known[1] <= STEP:
                self._done.append(RecordedAlert(dict(name), known[0], source="prometheus"))
            else:
                self._end(name, known)
        self._open.clear()
        return sorted(self._done, key=lambda one: one.starts_at)

    def _end(self, name: tuple[tuple[str, str], ...], known: Sequence[float]) -> None:
        first, last = known
        self._done.append(RecordedAlert(dict(name), first, last + STEP, source="prometheus"))


def _series(answer: Any) -> Iterable[tuple[Mapping[str, str], list[float]]]:
    try:
        if answer["status"] != "success":
            raise RecordingError(f"Prometheus refuses: {answer.get('error', 'no reason given')}")
        for one in answer["data"]["result"]:
            labels = {str(k): str(v) for k, v in one["metric"].items() if k not in _OWN}
            yield labels, [float(at) for at, _ in one["values"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, RecordingError):
            raise
        raise RecordingError("the answer is not one of Prometheus's API") from None
