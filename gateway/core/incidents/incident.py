"""An incident: one episode of a group, and everything the next decision about it must know.

The state lives in these values and nowhere else: no timers, no tasks. `due_at` is the next
instant at which something can happen by itself; `gateway.core.decide.decide` computes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from operator import attrgetter
from typing import Any

from gateway.core.alerts.alert import Alert
from gateway.core.incidents.notice import NotifyReason
from gateway.core.plan.plan import NOTHING, Target
from gateway.core.routing.mutes import MUTED_TEXTS


class State(StrEnum):
    """Where an episode stands."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class NotifiedState(StrEnum):
    """What people were last told about one alert of the incident."""

    NOTHING = ""
    FIRING = "firing"
    SILENCED = "hushed"  # that it fires; a silence came over it since
    OMITTED = "left out"  # that it fires; inhibited since, and left out of a later message
    RESOLVED = "resolved"


SUPPRESSED = "suppressed"
"""The list state of a firing, unacknowledged incident that a silence, an inhibition or a mute
keeps from notifying."""

# A tuple, because a set would hash enum members, which is slow.
_NOTIFIED = (NotifiedState.FIRING, NotifiedState.SILENCED, NotifiedState.OMITTED)


@dataclass(frozen=True, slots=True)
class Member:
    """An alert in an incident, with what was said about it here.

    `told_starts_at` tells one firing of the alert from the next: same labels, new start, new news.
    `acked_starts_at` is the start of the firing that an acknowledgement covers.
    """

    alert: Alert
    told: NotifiedState = NotifiedState.NOTHING
    told_starts_at: float | None = None
    acked_starts_at: float | None = None

    def firing(self, now: float) -> bool:
        """Whether the alert burns at `now`."""
        return self.alert.ends_at is None or self.alert.ends_at > now

    @property
    def notified_firing(self) -> bool:
        """Whether people heard that it burns, in the firing it is in (or was last in).

        A start that moved *back* is the same firing seen by another reporter; a later start is a
        new one.
        """
        return (
            self.told in _NOTIFIED
            and self.told_starts_at is not None
            and self.alert.starts_at <= self.told_starts_at
        )

    @property
    def resolve_pending(self) -> bool:
        """Whether people heard that it burns, in whichever firing, and not yet that it ended."""
        return self.told in _NOTIFIED

    @property
    def acked(self) -> bool:
        """Whether somebody took the firing it is in (or was last in)."""
        return self.acked_starts_at == self.alert.starts_at


def as_resolved(member: Member, resolved_at: float | None, opened_at: float) -> Member:
    """The member as it was when its incident ended, for who looks back at the incident.

    An alert is stored once, so one that fired again shows its present firing in whatever incident
    it was ever in. Of its former one the start is remembered where it was told, and else no later
    than the incident's own.
    """
    alert = member.alert
    if resolved_at is None or (alert.ends_at is not None and alert.ends_at <= resolved_at):
        return member
    began = alert.starts_at
    if began > resolved_at:
        told = member.told_starts_at
        began = told if told is not None and told <= resolved_at else opened_at
    return replace(member, alert=replace(alert, starts_at=began, ends_at=resolved_at))


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement. It covers the members marked so and severities up to `rank`.

    `previous` is the acknowledgement that this one took over from, without its own previous one.
    """

    by: str  # a person's id, or free text when nobody by that name is configured
    at: float
    via: str  # link, cli, api, slack, pagerduty
    rank: int
    expires_at: float
    previous: "Ack | None" = None


@dataclass(frozen=True, slots=True)
class EscalationState:
    """How far the escalation got.

    `step` is the next one to take, counted from 0; `next_at` None: nothing more will come.
    """

    name: str
    step: int = 0
    round: int = 0
    next_at: float | None = None


@dataclass(slots=True)
class Incident:
    """One episode of a group. Instants are unix seconds UTC.

    A value, which nobody changes; not frozen for the reason that `Alert` is not.
    """

    number: int  # 0 until the store gives it one
    group_key: str
    route_id: str
    receiver: str
    group_labels: Mapping[str, str]
    opened_at: float
    due_at: float | None
    state: State = State.FIRING
    tick_at: float = (
        0.0  # the group's next flush while nobody was told; else the phase of its ticks
    )
    flushed: bool = False  # whether the first flush has come
    notified_at: float | None = None  # when the receiver was last told: repeats count from here
    rank: int | None = None  # the worst rank that was told
    severity: str = ""  # and its name
    ack: Ack | None = None
    climb: EscalationState | None = None
    told: Mapping[str, Target] = field(default_factory=dict)  # by Target.key: owed the end
    held: bool = False  # something was kept back by a mute or a silence and is still to be said
    why_not: str = ""  # the last recorded reason for keeping quiet: recorded once, not each tick
    respond_by: float | None = None  # when an answer is expected
    resolved_at: float | None = None
    beginnings: tuple[float, ...] = ()  # when its group began of late, this time included
    flapping_told_at: float | None = None  # when people last heard of a group that flaps
    left_out: int = 0  # alerts of its group that the source said it did not send
    title: str = ""  # what it is about, in a few words, for lists
    since: float | None = None  # start of its first alert; None if stored before this existed

    @property
    def open(self) -> bool:
        """Whether the episode goes on."""
        return self.state is not State.RESOLVED

    @property
    def began_at(self) -> float:
        """When the first of its alerts began to fire, as the source said; unix seconds."""
        return self.opened_at if self.since is None else self.since

    def lasted(self, now: float) -> float:
        """Seconds from the start of its first alert to the end of its last, or to `now` while open.

        The one duration of an incident, for every list, page and message. It counts what users
        suffered: not the wait until we received the alert, and not the one until we sent word.
        """
        ended = now if self.resolved_at is None else self.resolved_at
        return max(0.0, ended - self.began_at)

    @property
    def suppressed(self) -> bool:
        """Whether all that burns in it was silenced or inhibited at the last look."""
        return self.why_not.startswith((NotifyReason.SILENCED.value, NotifyReason.INHIBITED.value))

    @property
    def list_state(self) -> str:
        """Return the state under which lists and counts show it: SUPPRESSED apart from firing.

        Muted counts as suppressed only before the first notification. Anyone who was notified
        before the mute began is still expected to acknowledge.
        """
        if self.state is not State.FIRING:
            return self.state.value
        muted = self.notified_at is None and self.why_not.startswith(MUTED_TEXTS)
        return SUPPRESSED if self.suppressed or muted else self.state.value


_FIELDS = tuple(one.name for one in fields(Incident))
_values = attrgetter(*_FIELDS)


def copied(incident: Incident) -> Incident:
    """The same again, at a quarter of what `copy.copy` takes: each decision does it."""
    return Incident(*_values(incident))


def memory(incident: Incident) -> dict[str, Any]:
    """The part of an incident that only decisions read, as JSON for the store's one column."""
    return {
        "tick_at": incident.tick_at,
        "flushed": incident.flushed,
        "notified_at": incident.notified_at,
        "ack": _ack_json(incident.ack),
        "climb": None
        if incident.climb is None
        else {
            "name": incident.climb.name,
            "step": incident.climb.step,
            "round": incident.climb.round,
            "next_at": incident.climb.next_at,
        },
        "told": [target_json(target) for target in incident.told.values()],
        "held": incident.held,
        "why_not": incident.why_not,
        "respond_by": incident.respond_by,
        "beginnings": incident.beginnings,
        "flapping_told_at": incident.flapping_told_at,
        "left_out": incident.left_out,
        "since": incident.since,
    }


def _ack_json(ack: Ack | None) -> dict[str, Any] | None:
    if ack is None:
        return None
    saved = {
        "by": ack.by,
        "at": ack.at,
        "via": ack.via,
        "rank": ack.rank,
        "expires_at": ack.expires_at,
    }
    # Only where there is one: a replica of an older release reads the rest.
    return saved | ({"previous": _ack_json(ack.previous)} if ack.previous else {})


def remembered(saved: Mapping[str, Any]) -> dict[str, Any]:
    """Undo `memory`: the fields of an incident that it holds."""
    fields = dict(saved)
    ack, climb, told = fields["ack"], fields["climb"], fields["told"]
    if ack:
        previous = ack.get("previous")
        fields["ack"] = Ack(**{**ack, "previous": Ack(**previous) if previous else None})
    if climb:
        fields["climb"] = EscalationState(**climb)
    targets = [target_from_json(item) for item in told]
    fields["beginnings"] = tuple(fields.get("beginnings", ()))  # absent before 0002
    fields["told"] = {target.key: target for target in targets}
    return fields


def target_json(target: Target) -> dict[str, Any]:
    """A target as JSON. Its address is a reference where the real one is secret."""
    return {
        "channel": target.channel,
        "address": target.address,
        "person": target.person,
        "options": dict(target.options),
    }


def target_from_json(item: Mapping[str, Any]) -> Target:
    """Undo `target_json`."""
    return Target(item["channel"], item["address"], item["person"], item["options"] or NOTHING)
