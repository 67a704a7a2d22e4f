"""The values that short templates read."""

from collections.abc import Iterator, Mapping
from typing import Any

MAX_VALUE = 1000
"""Characters of one label that are used. Higher: one label fills a URL."""

NAMES: Mapping[str, str] = {
    "labels": "the labels that all alerts share, and those that the route adds",
    "annotations": "the annotations that all alerts share",
    "alertname": "the label alertname",
    "severity": "the severity of the incident",
    "team": "the name of its team; missing without one",
    "incident": "the number of the incident",
    "since": "when the first alert began, in whole unix seconds",
}
"""What a short template may name, in the braces."""


class LabelValues(Mapping[str, str]):
    """Labels or annotations of an alert: a missing or empty one is undefined."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        value = self._values[name]
        if not isinstance(value, str) or not value:
            raise KeyError(name)
        return value[:MAX_VALUE]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class SampleLabels(LabelValues):
    """Labels to try a template with: each name exists."""

    def __init__(self) -> None:
        super().__init__({})

    def __getitem__(self, name: str) -> str:
        return "sample"


def sample_values() -> dict[str, Any]:
    """Return a value of each name, to try a template with."""
    sample = SampleLabels()
    texts = {"alertname": "Sample", "severity": "critical", "team": "Sample"}
    numbers = {"incident": 1, "since": 1_700_000_000}
    return {**texts, **numbers, "labels": sample, "annotations": sample}
