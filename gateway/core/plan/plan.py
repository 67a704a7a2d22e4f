"""The plan: what a valid routes.yaml means, as frozen values.

`gateway.config` builds it; nothing here reads a file, a clock or the environment. Durations are in
seconds, instants in Unix seconds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from gateway.core.alerts.labels import Labels
from gateway.core.alerts.source_labels import is_test
from gateway.core.matching.matcher import matches_all
from gateway.core.oncall.rota import Rota
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.drill import DRILL_LABEL, Drill
from gateway.core.plan.flapping import Flapping
from gateway.core.plan.heartbeat import Heartbeat
from gateway.core.plan.label_targets import LabelTarget
from gateway.core.plan.on_call_news import OnCallNews
from gateway.core.plan.own_alert_settings import OwnAlertSettings
from gateway.core.plan.person import Person
from gateway.core.plan.report_settings import ReportSettings
from gateway.core.plan.runbooks import Runbooks
from gateway.core.plan.step_condition import StepCondition
from gateway.core.plan.target import NOTHING as NOTHING
from gateway.core.plan.target import Target as Target
from gateway.core.plan.team import Team
from gateway.core.plan.watchdog import Watchdog
from gateway.core.routing.inhibition import InhibitRule
from gateway.core.routing.match import Route, match_routes, walk
from gateway.core.routing.mutes import TimeInterval
from gateway.core.time.business_hours import BusinessHours

NEXT_BUSINESS_DAY = "next business day"
UNKNOWN_RANK = 1000
SHIFT_RANK = 2000
"""The rank of messages about shifts: they are sent after all notices about incidents."""
REPORT_RANK = 3000
"""The rank of scheduled reports: they are sent after everything else."""
DEFAULT_RESOLVE_TIMEOUT = 300.0
DEFAULT_SEVERITY_LABEL = "severity"
DEFAULT_ACK_EXPIRES = 24 * 3600.0


class Repeats(StrEnum):
    """When an unchanged incident is repeated; the values are those of routes.yaml."""

    EXACT = "exact"  # repeat_interval after the last notification
    ON_TICKS = "on the group interval"  # at the first tick then, as Alertmanager does


@dataclass(frozen=True, slots=True)
class Severity:
    """What one value of the severity label means. Rank 1 is the worst."""

    name: str
    rank: int
    respond_within: float | str | None = None  # seconds, "same day", "next business day"
    group_wait: float | None = None
    group_interval: float | None = None
    repeat_interval: float | None = None
    ack_expires: float = DEFAULT_ACK_EXPIRES
    urgent: bool | None = None  # whether it may wake people; None: if it is the most severe one
    title: str = ""  # a short template: how subjects begin while something fires; empty: as usual


NO_ROUTES: Mapping[str, Route] = MappingProxyType({})
"""The routes of drills of a file without any: one object, so that plans can be compared."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A name with a list of targets, and optionally an escalation and a fallback.

    `by_label` are targets whose address depends on labels. The target that each of them declares
    for other labels is among `targets`, so that readers without labels see that it has one.
    `fixed_targets` are those that depend on no label.
    """

    name: str
    targets: tuple[Target, ...] = ()
    escalate: str | None = None
    fallback: str | None = None
    by_label: tuple[LabelTarget, ...] = ()
    fixed_targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an escalation: whom to notify, by which contacts, and how long to wait then.

    `notify` holds references: rota:NAME, secondary:NAME, members:NAME, person:ID,
    receiver:NAME (`gateway.core.plan.references`). `wait` None means
    respond_within.
    """

    notify: tuple[str, ...]
    by: tuple[str, ...] = ()
    wait: float | None = None
    when: StepCondition | None = None  # None: always
    round_robin: bool = False  # one person of it is paged, each incident the next one


@dataclass(frozen=True, slots=True)
class Escalation:
    """Steps in order; after the last one they start again `repeat` times."""

    name: str
    steps: tuple[Step, ...]
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything routes.yaml says, resolved and checked."""

    root: Route
    receivers: Mapping[str, Receiver]
    severities: Mapping[str, Severity] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    rotas: Mapping[str, Rota] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)  # the first that matches counts
    escalations: Mapping[str, Escalation] = field(default_factory=dict)
    inhibit_rules: tuple[InhibitRule, ...] = ()
    time_intervals: Mapping[str, Sequence[TimeInterval]] = field(default_factory=dict)
    business_hours: BusinessHours = field(default_factory=BusinessHours)
    resolve_timeout: float = DEFAULT_RESOLVE_TIMEOUT
    severity_label: str = DEFAULT_SEVERITY_LABEL
    repeats: Repeats = Repeats.EXACT
    flapping: Flapping = field(default_factory=lambda: Flapping(times=0))
    watchdogs: tuple[Watchdog, ...] = ()
    heartbeats: Mapping[str, Heartbeat] = field(default_factory=dict)
    drills: Mapping[str, Drill] = field(default_factory=dict)
    drill_routes: Mapping[str, Route] = field(default_factory=lambda: NO_ROUTES)  # by drill
    on_call_news: Mapping[str, OnCallNews] = field(default_factory=dict)  # by rota
    reports: Mapping[str, ReportSettings] = field(default_factory=dict)
    runbooks: Runbooks = field(default_factory=Runbooks)
    own_alerts: OwnAlertSettings = field(default_factory=OwnAlertSettings)
    unusable_contacts: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Targets of people that are known not to work, by key, with the reason: "user_not_found"."""
    digest: str = ""  # short hash of the file it came from: tells plans apart in logs
    routes: Mapping[str, Route] = field(init=False, repr=False, compare=False)
    has_round_robin: bool = field(init=False, repr=False, compare=False)
    urgent_rank: int = field(init=False, repr=False, compare=False)
    """The rank of the least severe urgent severity; all worse ones are urgent, too. 0: none is.

    Digests and flapping never delay notices up to this rank.
    """

    has_label_targets: bool = field(init=False, repr=False, compare=False)
    """Whether the targets of some receiver depend on labels."""

    def __post_init__(self) -> None:
        by_label = any(receiver.by_label for receiver in self.receivers.values())
        object.__setattr__(self, "has_label_targets", by_label)
        routes = (*walk(self.root), *self.drill_routes.values())
        object.__setattr__(self, "routes", {route.id: route for route in routes})
        steps = (step for policy in self.escalations.values() for step in policy.steps)
        object.__setattr__(self, "has_round_robin", any(step.round_robin for step in steps))
        object.__setattr__(self, "urgent_rank", _urgent_rank(self.severities.values()))

    def route(self, route_id: str) -> Route:
        """Return the route of that id, or the root if a reload removed it."""
        return self.routes.get(route_id, self.root)

    def routes_of(self, labels: Labels) -> Sequence[Route]:
        """Return the routes of an alert with these labels: a drill's own, or those of the tree."""
        if self.drill_routes and is_test(labels):
            route = self.drill_routes.get(labels.get(DRILL_LABEL, ""))
            if route is not None:
                return (route,)
        return match_routes(self.root, labels)

    def rank_of(self, name: str) -> int:
        """Return the rank of a severity by name; an unknown one ranks below all known ones."""
        known = self.severities.get(name)
        return UNKNOWN_RANK if known is None else known.rank

    def name_of(self, person: str) -> str:
        """Return a person's name by id; an id that routes.yaml does not have is its own name.

        A vendor's user without an entry in routes.yaml ("slack:U999") is "Slack user U999".
        """
        known = self.people.get(person)
        if known:
            return known.name
        channel, _, user = person.partition(":")
        spec = CHANNELS.get(channel)
        return f"{spec.label} user {user}" if spec is not None and user else person

    def is_urgent(self, rank: int) -> bool:
        """Return whether notices of this rank are urgent: so declared, or of unknown severity.

        Without `severities:` every severity is unknown, so every notice is urgent.
        """
        return rank <= self.urgent_rank or UNKNOWN_RANK <= rank < SHIFT_RANK

    def team_of(self, labels: Mapping[str, str]) -> str:
        """Return the id of the first team that matches these labels; empty for no team."""
        for team in self.teams.values():
            if matches_all(team.matchers, labels):
                return team.id
        return ""

    def team_name(self, team: str) -> str:
        """Return the name of a team by its id, or the id of a team that was removed."""
        known = self.teams.get(team)
        return known.name if known else team

    def severity_of(self, labels: Mapping[str, str]) -> Severity:
        """Return the severity of these labels; an unknown one ranks below all known ones."""
        return self.severity_named(labels.get(self.severity_label, ""))

    def severity_named(self, name: str) -> Severity:
        """Return the severity of that name; an unknown one ranks below all known ones."""
        return self.severities.get(name) or Severity(name or "none", UNKNOWN_RANK)

    def skips(self, step: Step, severity: str, at: float) -> str:
        """Return why a step that is due at `at` is skipped; empty if it applies.

        `severity` is the name of the incident's severity.
        """
        return step.when.failure(severity, self.time_intervals, at) if step.when else ""


def _urgent_rank(severities: Iterable[Severity]) -> int:
    most_severe = min((one.rank for one in severities), default=0)
    urgent = [
        one.rank
        for one in severities
        if (one.rank == most_severe if one.urgent is None else one.urgent)
    ]
    return max(urgent, default=0)
