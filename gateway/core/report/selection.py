"""Which incidents a report is about, and by what its figures are grouped."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Dimension(StrEnum):
    """What the figures of a report can be grouped by. The values are published."""

    SEVERITY = "severity"
    TEAM = "team"
    ROTA = "rota"
    RECEIVER = "receiver"
    ROUTE = "route"
    ALERTNAME = "alertname"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Selection:
    """The incidents that opened in [start, end), Unix seconds, and are all that is set here.

    None selects all. An empty `team` selects incidents without a team. `person` selects those
    with a message that reached that person. `receivers` are those of a rota, see `rota_receivers`.
    """

    start: float
    end: float
    team: str | None = None
    person: str | None = None
    severity: str | None = None
    receiver: str | None = None
    receivers: Sequence[str] | None = None
    route: str | None = None
    alertname: str | None = None
