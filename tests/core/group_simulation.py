"""A simulation of alert groups in virtual time, without a store and without a clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from gateway.core.actions.acknowledge import acknowledge, unacknowledge
from gateway.core.actions.take_over import give_back, take
from gateway.core.actor import verified_person
from gateway.core.alerts.alert import Alert, merge
from gateway.core.alerts.labels import format_labels, identity
from gateway.core.decide.decide import decide
from gateway.core.decide.join import GroupTarget, open_incident, reschedule
from gateway.core.decide.result import ActionOutcome, ActionResult, Decision
from gateway.core.incidents.incident import Incident, Member
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.core.plan.person import Contact, Person
from gateway.core.plan.plan import Escalation, Plan, Receiver, Severity, Step, Target
from gateway.core.routing.match import RouteSpec, build_route, group_labels, match_routes

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
START = 1_800_000_000.0

EMAIL = Target("email", "billing-oncall@example.com")
SLACK = Target("slack", "#billing-alerts")
PAGER = Target("pagerduty", "${PAGERDUTY_BILLING_KEY}")


def a_person(id_: str, **addresses: str) -> Person:
    """Return a person with contacts that are named as their channels."""
    contacts = {
        channel: Contact(channel, channel, address, channel)
        for channel, address in addresses.items()
    }
    return Person(id_, id_.title(), contacts)


def billing_plan(**changes: object) -> Plan:
    """Return a small billing plan: one receiver, an escalation to ana and then ben."""
    spec = RouteSpec(
        receiver="billing",
        group_by=["alertname"],
        group_wait=30.0,
        group_interval=5 * MINUTE,
        repeat_interval=4 * HOUR,
        routes=[RouteSpec()],  # it inherits, so the intervals of severities apply
    )
    plan = Plan(
        root=build_route(spec),
        receivers={
            "billing": Receiver("billing", (EMAIL, SLACK, PAGER), escalate="billing"),
            "everyone": Receiver("everyone", (Target("email", "admin@example.com"),)),
        },
        severities={
            "critical": Severity("critical", 1, 15 * MINUTE, 0.0, None, 2 * HOUR, 4 * HOUR),
            "warning": Severity("warning", 2, HOUR, None, None, None),
            "info": Severity("info", 3, None, None, None, 12 * HOUR),
        },
        people={
            "ana": a_person("ana", email="ana@example.com"),
            "ben": a_person("ben", email="ben@example.com"),
        },
        escalations={
            "billing": Escalation(
                "billing",
                (
                    Step(("person:ana",), wait=15 * MINUTE),
                    Step(("person:ben", "receiver:everyone")),
                ),
            )
        },
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


def without_escalation(plan: Plan | None = None) -> Plan:
    """Return the plan with a receiver that does not escalate."""
    plan = plan or billing_plan()
    billing = replace(plan.receivers["billing"], escalate=None)
    return replace(plan, receivers={**plan.receivers, "billing": billing})


@dataclass(frozen=True)
class TimedNotice:
    """A notice, at a time in seconds since the start of the simulation."""

    at: float
    to: str
    kind: str
    reason: str
    quiet: bool = False
    not_before: float | None = None


class GroupSimulation:
    """Groups of one plan, moved through time by the test."""

    def __init__(self, plan: Plan | None = None) -> None:
        self.plan = plan or billing_plan()
        self.now = START
        self.alerts: dict[str, Alert] = {}
        self.incidents: dict[str, Incident] = {}
        self.joined: dict[str, dict[str, Member]] = {}
        self.notices: list[TimedNotice] = []
        self.decisions: list[Decision] = []
        self.suppressed: dict[str, Suppression] = {}
        self.evaluations = 0
        self.turns: dict[str, list[str]] = {}  # of round robin, as the store keeps them
        self.last: ActionResult  # of `act`

    def fire(
        self, name: str, severity: str = "critical", ends_in: float | None = None, **labels: str
    ) -> str:
        """Fire an alert now, or report it again; return its identity."""
        return self._report(name, severity, labels, ends_in)

    def resolve(self, name: str, severity: str = "critical", **labels: str) -> None:
        """Resolve an alert now."""
        self._report(name, severity, labels, 0.0)

    def _report(
        self, name: str, severity: str, extra: Mapping[str, str], ends_in: float | None
    ) -> str:
        labels = {"alertname": name, "severity": severity, "team": "billing", **extra}
        key = identity(labels)
        ends_at = None if ends_in is None else self.now + ends_in
        new = Alert(key, labels, {"summary": name}, self.now, ends_at, updated_at=self.now)
        old = self.alerts.get(key)
        if old is not None:
            starts_at = old.starts_at if not old.is_resolved(self.now) else self.now
            new = merge(old, replace(new, starts_at=starts_at), self.now)
        self.alerts[key] = new
        for route in match_routes(self.plan.root, labels):
            shared_labels = group_labels(route, labels)
            group_key = f"{route.id}:{format_labels(shared_labels)}"
            incident = self.incidents.get(group_key)
            if incident is None or not incident.open:
                if new.is_resolved(self.now):
                    continue
                earlier = incident.beginnings if incident else ()
                incident = replace(
                    open_incident(
                        GroupTarget(route, shared_labels, group_key),
                        new,
                        self.plan,
                        self.now,
                        earlier=earlier,
                    ),
                    number=1001 + self.evaluations,
                )
                self.joined[group_key] = {}
            else:
                incident = reschedule(incident, new, self.plan, self.now)
            self.incidents[group_key] = incident
            if key not in self.joined[group_key] and not new.is_resolved(self.now):
                self.joined[group_key][key] = Member(new)
        self._refresh()
        return key

    def _refresh(self) -> None:
        for members in self.joined.values():
            for key, member in members.items():
                members[key] = replace(member, alert=self.alerts[key])

    def silence(self, key: str, until: float | None = None) -> None:
        """Suppress one alert from now on."""
        self.suppressed[key] = Suppression(SuppressReason.SILENCED, "a silence", until)

    def inhibit(self, key: str) -> None:
        """Inhibit one alert from now on."""
        self.suppressed[key] = Suppression(SuppressReason.INHIBITED, "rule 1")

    def advance(self, seconds: float) -> list[TimedNotice]:
        """Advance the time, evaluating what falls due; return the notices of that time."""
        end, before = self.now + seconds, len(self.notices)
        while True:
            due = [
                (one.due_at, key) for key, one in self.incidents.items() if one.due_at is not None
            ]
            due_at, key = min(due, default=(None, ""))
            if due_at is None or due_at > end:
                break
            self.now = max(self.now, due_at)
            self.evaluations += 1
            assert self.evaluations < 100_000, "evaluations without end"
            self._apply(
                key,
                decide(
                    self.incidents[key],
                    list(self.joined[key].values()),
                    self.plan,
                    self.now,
                    self.suppressed,
                    self.turns,
                ),
            )
        self.now = end
        return self.notices[before:]

    def evaluate(self) -> list[TimedNotice]:
        """Evaluate the only incident now, due or not, and return the notices."""
        before = len(self.notices)
        (key,) = self.incidents
        members = list(self.joined[key].values())
        arguments = (self.plan, self.now, self.suppressed, self.turns)
        self._apply(key, decide(self.incident, members, *arguments))
        return self.notices[before:]

    def _apply(self, key: str, decision: Decision) -> None:
        self.decisions.append(decision)
        for turn in decision.turns:
            people = [one for one in self.turns.get(turn.step, ()) if one != turn.person]
            self.turns[turn.step] = [*people, turn.person]
        previous = self.incidents[key] = decision.incident
        for member in decision.members:
            self.joined[key][member.alert.identity] = member
        for position, alert in enumerate(decision.left):
            if position == 0:
                route = self.plan.route(previous.route_id)
                opened = open_incident(
                    GroupTarget(route, previous.group_labels, key),
                    alert,
                    self.plan,
                    self.now,
                    earlier=previous.beginnings,
                )
                self.incidents[key] = replace(opened, number=previous.number + 1)
                self.joined[key] = {}
            self.incidents[key] = reschedule(self.incidents[key], alert, self.plan, self.now)
            self.joined[key][alert.identity] = Member(alert)
        for notice in decision.notices:
            self.notices.append(
                TimedNotice(
                    round(self.now - START, 3),
                    notice.target.key,
                    notice.kind.value,
                    notice.reason.value,
                    notice.quiet,
                    None if notice.not_before is None else notice.not_before - START,
                )
            )

    @property
    def incident(self) -> Incident:
        """The only incident of the simulation."""
        (incident,) = self.incidents.values()
        return incident

    def ack(self, by: str, undo: bool = False) -> ActionOutcome:
        """Acknowledge the only incident now, or undo that."""
        return self.act(unacknowledge if undo else acknowledge, by)

    def take_over(self, by: str, holder: str | None = None) -> ActionOutcome:
        """Take over the only incident now."""
        return self.act(partial(take, holder=holder), by)

    def give_back(self, by: str) -> ActionOutcome:
        """Undo a take-over of the only incident now."""
        return self.act(give_back, by)

    def act(self, action: Callable[..., ActionResult], by: str) -> ActionOutcome:
        """Respond to the only incident now."""
        (key,) = self.incidents
        members = list(self.joined[key].values())
        response = action(
            self.incidents[key], members, self.plan, verified_person(by, "link"), self.now
        )
        self.last = response
        if response.decision is not None:
            self._apply(key, response.decision)
        return response.answer

    def entries(self) -> list[str]:
        """Return the texts of the timeline so far."""
        return [f"{entry.kind}: {entry.text}" for d in self.decisions for entry in d.entries]


def summary(notices: list[TimedNotice]) -> list[tuple[float, str]]:
    """Return the time and reason of each notice, once for all targets."""
    return sorted({(one.at, one.reason) for one in notices})


def notices_to(notices: list[TimedNotice], target: Target | str) -> list[tuple[float, str]]:
    """Return the time and reason of the notices to one target."""
    key = target if isinstance(target, str) else target.key
    return [(one.at, one.reason) for one in notices if one.to == key]
