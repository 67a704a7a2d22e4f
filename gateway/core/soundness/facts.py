"""What is known about the alerts of a system, as values. Instants are Unix seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.core.plan.link_checks import LinkState


class RunbookKind(StrEnum):
    """How an alert names its runbook."""

    NONE = "none"
    PAGE = "page"  # a served file
    LINK = "link"  # a URL elsewhere
    FILLED = "filled"  # by a template of Prometheus: known when it fires


@dataclass(frozen=True, slots=True)
class RunbookFacts:
    """The runbook of an alert.

    `changed_at` None: not known; `source` says by what it is. `link_state` None: not followed.
    """

    kind: RunbookKind = RunbookKind.NONE
    name: str = ""
    changed_at: float | None = None
    source: str = ""
    link_state: LinkState | None = None
    link_detail: str = ""


@dataclass(frozen=True, slots=True)
class RuleHistory:
    """What is stored of the alerts of one name, within the time that is judged.

    `is_event`: its source reports single events, such as Sentry, so a trace and a user exist.
    """

    labels: Mapping[str, str]
    annotations: Mapping[str, str] = field(default_factory=dict)
    last_fired: float | None = None
    last_test: float | None = None
    is_event: bool = False
    has_trace: bool = False
    has_user: bool = False
    incidents: int = 0
    acknowledged: int = 0
    missed: int = 0
    useful: int = 0
    noise: int = 0


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """An alert that a rule file declares or that fired, and where the routes lead it.

    `history` None: it is not known whether it ever fired; without a firing it has no instants.
    """

    name: str
    position: str
    severity: str
    is_urgent: bool
    team: str
    receivers: tuple[str, ...]
    people: tuple[str, ...]
    """Names of those whom its escalation reaches now."""
    targets: tuple[str, ...]
    runbook: RunbookFacts
    history: RuleHistory | None


@dataclass(frozen=True, slots=True)
class DashboardFacts:
    """A dashboard of Grafana, as its file has it. `problem`: why the file cannot be read."""

    file: str
    title: str = ""
    owner: str = ""
    has_description: bool = False
    panels_without_description: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SoundnessFacts:
    """Everything that is judged. `invariants` are the alerts about each declared invariant.

    `file_problems` are rule files that cannot be read. `is_history_known`: whether a gateway was
    asked. `is_truncated`: older alerts than the newest ones were not read.
    """

    now: float
    rules: Sequence[RuleFacts]
    invariants: Mapping[str, Sequence[str]]
    dashboards: Sequence[DashboardFacts]
    file_problems: Sequence[str] = ()
    is_history_known: bool = False
    is_truncated: bool = False
