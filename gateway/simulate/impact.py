"""What a recording means for people by one plan: who is notified of what, how often, and when."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.core.alerts.labels import Labels, identity
from gateway.core.incidents.notice import FIRING_KINDS
from gateway.core.plan.accounts import split_account_key
from gateway.core.plan.plan import Plan
from gateway.core.plan.target_name import target_name
from gateway.core.time.off_hours import is_night
from gateway.core.time.wallclock import load_zone, wall_time
from gateway.simulate.player import Player, Sent
from gateway.simulate.recording import Recording

NO_TEAM = "no team"
"""Stands for a team where an incident has none."""


class Dimensions(NamedTuple):
    """What messages are counted by. `who` is a person's name, or a target without a person."""

    who: str
    channel: str
    team: str
    night: bool


@dataclass(slots=True)
class AlertImpact:
    """What one alert (a label set) leads to: receivers by its routes, and who is notified."""

    labels: Labels
    severity: str
    urgent: bool
    receivers: tuple[str, ...]
    routes: tuple[int | None, ...]  # lines of routes.yaml
    recipients: set[str] = field(default_factory=set)  # names of targets that a firing notice had


@dataclass(slots=True)
class Impact:
    """What a recording means by one plan."""

    messages: Counter[Dimensions] = field(default_factory=Counter)
    pages: Counter[Dimensions] = field(default_factory=Counter)  # to people, that it fires
    alerts: dict[str, AlertImpact] = field(default_factory=dict)
    incidents: int = 0


def impact_of(
    plan: Plan, recording: Recording, progress: Callable[[float], None] = lambda share: None
) -> Impact:
    """Play a recording by a plan. `progress` is called with the share of the span that is done."""
    player = Player(plan, recording)
    impact = Impact()
    for alert in recording.alerts:
        name = identity(alert.labels)
        if name not in impact.alerts:
            impact.alerts[name] = _alert(player, alert.labels)
    counter = _Counter(player.plan, impact)
    numbers: set[int] = set()
    length = max(recording.end - recording.start, 1.0)
    for count, sent in enumerate(player.play()):
        counter.add(sent)
        numbers.add(sent.incident.number)
        if count % 1000 == 0:
            progress(min(1.0, (sent.at - recording.start) / length))
    impact.incidents = len(numbers)
    return impact


def _alert(player: Player, labels: Labels) -> AlertImpact:
    routing, plan = player.routes.of(labels), player.plan
    routes = [group.route for group in routing.groups]
    return AlertImpact(
        labels,
        routing.severity.name,
        plan.is_urgent(routing.severity.rank),
        tuple(dict.fromkeys(one.receiver for one in routes)),
        tuple(one.line for one in routes),
    )


class _Counter:
    """Counts messages. One caller at a time."""

    def __init__(self, plan: Plan, impact: Impact) -> None:
        self._plan = plan
        self._impact = impact
        self._zones: Mapping[str, str] = defaultdict(
            lambda: plan.business_hours.zone,
            {name: one.timezone for name, one in plan.people.items() if one.timezone},
        )
        self._nights: dict[tuple[str, int], bool] = {}

    def add(self, sent: Sent) -> None:
        """Count a message, and note whom it notifies of what."""
        target, plan = sent.notice.target, self._plan
        channel, _ = split_account_key(target.account_key)
        person = target.person
        who = plan.name_of(person) if person else target_name(target)
        team = plan.teams.get(sent.incident.team)
        night = self._is_night(self._zones[person or ""], sent.at)
        key = Dimensions(who, channel, NO_TEAM if team is None else team.name, night)
        self._impact.messages[key] += 1
        if sent.notice.kind not in FIRING_KINDS or sent.notice.quiet:
            return
        if person:
            self._impact.pages[key] += 1
        name = f"{who} by {target.account}" if person else who
        for alert in sent.alerts:
            known = self._impact.alerts.get(alert)
            if known is not None:
                known.recipients.add(name)

    def _is_night(self, zone: str, at: float) -> bool:
        hour = int(at // 900)  # zones differ from UTC by quarters of an hour
        night = self._nights.get((zone, hour))
        if night is None:
            night = self._nights[zone, hour] = is_night(wall_time(at, load_zone(zone)))
        return night
