"""Drills: test alerts by the clock, that go a known way and must arrive."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.core.alerts.source_labels import TEST_LABEL, TEST_VALUE

DRILL_LABEL = "drill"
"""The label of a drill's alert, with its name."""

ALERTNAME = "Drill"

DEFAULT_WITHIN = 300.0
"""Seconds in which messages must arrive: mail servers that know nobody yet delay a first mail."""


@dataclass(frozen=True, slots=True)
class Drill:
    """One entry under drills: a test alert from a source to `receiver`, when `cron` says so.

    `receiver` is that of the routes of the plan; `subject` says in the file's words what is
    drilled, such as "person ana". `within` are the seconds in which messages must arrive;
    `acknowledge` those in which somebody must acknowledge, None if nobody need.
    """

    name: str
    source: str
    subject: str
    receiver: str
    cron: str
    zone: str
    within: float = DEFAULT_WITHIN
    acknowledge: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def alert_labels(self) -> Mapping[str, str]:
        """The labels of its alert, which mark it as a test."""
        fixed = {"alertname": ALERTNAME, DRILL_LABEL: self.name, TEST_LABEL: TEST_VALUE}
        return {**self.labels, **fixed}

    @property
    def ends_after(self) -> float:
        """Seconds after which it has failed if it has not succeeded."""
        return max(self.within, self.acknowledge or 0.0)
