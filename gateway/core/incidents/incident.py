"""An incident: one episode of a group, and everything that the next decision about it reads.

The state is in these values and nowhere else: there are no timers and no tasks. `due_at` is the
next instant at which something can happen without a new alert or action; it is computed by
`gateway.core.decide.next_due`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.episode import Episode, EpisodeState
from gateway.core.alerts.source_labels import is_test
from gateway.core.incidents.personal_state import PersonalState
from gateway.core.incidents.responses import NO_RESPONSES, Previous, Responses
from gateway.core.incidents.suppression import Suppression, SuppressReason
from gateway.core.incidents.system_change import RecentChange
from gateway.core.plan.plan import Target


class State(StrEnum):
    """The state of an incident."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class NotifiedState(StrEnum):
    """What the last notification about one alert of the incident said. The values are stored."""

    NONE = ""
    FIRING = "firing"
    SILENCED = "hushed"  # firing; a silence began since
    OMITTED = "left out"  # firing; inhibited since, and missing from a later notification
    RESOLVED = "resolved"


SUPPRESSED = "suppressed"
"""The list state of a firing, unacknowledged incident that a silence, an inhibition or a mute
keeps from notifying."""

# A tuple, because a set would hash enum members, which is slow.
_NOTIFIED_FIRING = (NotifiedState.FIRING, NotifiedState.SILENCED, NotifiedState.OMITTED)


@dataclass(frozen=True, slots=True)
class Member:
    """An alert of an incident, with what was notified about it there.

    `notified_starts_at` tells one firing of the alert from the next: the same labels with a later
    start are news. `acked_starts_at` is the start of the firing that an acknowledgement covers.
    """

    alert: Alert
    notified: NotifiedState = NotifiedState.NONE
    notified_starts_at: float | None = None
    acked_starts_at: float | None = None

    def firing(self, now: float) -> bool:
        """Return whether the alert fires at `now`."""
        return self.alert.ends_at is None or self.alert.ends_at > now

    @property
    def notified_firing(self) -> bool:
        """Whether the present (or last) firing of the alert was notified.

        A start that moved *back* is the same firing seen by another reporter; a later start is a
        new one.
        """
        return (
            self.notified in _NOTIFIED_FIRING
            and self.notified_starts_at is not None
            and self.alert.starts_at <= self.notified_starts_at
        )

    @property
    def resolve_pending(self) -> bool:
        """Whether some firing of the alert was notified, and its end was not yet."""
        return self.notified in _NOTIFIED_FIRING

    @property
    def acked(self) -> bool:
        """Whether an acknowledgement covers the present (or last) firing of the alert."""
        return self.acked_starts_at == self.alert.starts_at


def as_resolved(
    member: Member, resolved_at: float, opened_at: float, episode: Episode | None
) -> Member:
    """Return the member as it was when its incident was resolved.

    An alert is stored with its latest episode. `episode` is the one recorded before it, None for
    none: it was not recorded before it existed. The start is then that of the last notification,
    otherwise the opening of the incident.
    """
    alert = member.alert
    if alert.starts_at <= resolved_at:
        if alert.ends_at is not None and alert.ends_at <= resolved_at:
            return member
        return replace(member, alert=replace(alert, ends_at=resolved_at))
    if episode is not None and episode.ends_at is not None:
        ends_at = min(episode.ends_at, resolved_at)
        timed_out = episode.state is EpisodeState.TIMED_OUT
        alert = replace(alert, source=episode.source, timeout=timed_out)
        return replace(member, alert=replace(alert, starts_at=episode.starts_at, ends_at=ends_at))
    notified = member.notified_starts_at
    began = notified if notified is not None and notified <= resolved_at else opened_at
    return replace(member, alert=replace(alert, starts_at=began, ends_at=resolved_at))


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement. It covers the members marked so, and severities up to `rank`.

    `previous` is the acknowledgement that this one took over from, without its own previous one.
    """

    by: str  # a person's id, or free text when nobody by that name is configured
    at: float
    via: str  # link, cli, api, slack, pagerduty
    rank: int
    expires_at: float
    previous: "Ack | None" = None
    verified: bool = False  # whether the means proved who it was


@dataclass(frozen=True, slots=True)
class EscalationState:
    """How far an escalation has come.

    `step` is the next one to take, counted from 0. `next_at` is None while nothing is planned:
    it is paused by an acknowledgement, or has taken its last step. `skipped` are the steps that
    were due and never taken, because their `when` did not hold. `reached` says whether the last
    step that was taken in this round had targets; None: none was taken. `picks` are the people whom
    round robin chose, by step, the latest last.
    """

    name: str
    step: int = 0
    round: int = 0
    next_at: float | None = None
    skipped: tuple[int, ...] = ()
    reached: bool | None = None
    picks: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Incident:
    """One episode of a group. Instants are Unix seconds.

    Frozen, because the store's cache gives one object to several threads. Evaluations work on a
    private draft (`gateway.core.decide.draft`).
    """

    number: int  # 0 until the store gives it one
    group_key: str
    route_id: str
    receiver: str
    group_labels: Mapping[str, str]
    opened_at: float
    due_at: float | None
    state: State = State.FIRING
    tick_at: float = 0.0  # the first flush, and from then on the phase of the group's ticks
    flushed: bool = False  # whether the first flush has come
    notified_at: float | None = None  # the last notification of the receiver: repeats count from it
    rank: int | None = None  # of the worst severity that was notified
    severity: str = ""  # its name
    ack: Ack | None = None
    escalation: EscalationState | None = None
    notified_targets: Mapping[str, Target] = field(default_factory=dict)  # by key: resolve pending
    notification_pending: bool = False  # a mute or a silence kept something back
    suppressions: tuple[Suppression, ...] = ()  # why the last decision did not notify
    respond_by: float | None = None  # when an acknowledgement is expected
    resolved_at: float | None = None
    beginnings: tuple[float, ...] = ()  # when its group began lately, this time included
    flapping_notified_at: float | None = None  # when it was last notified that the group flaps
    truncated: int = 0  # alerts of its group that the source said it did not send
    title: str = ""  # its subject in a few words, for lists
    since: float | None = None  # start of its first alert; None if stored before this existed
    missed_at: float | None = None  # the acknowledge-by time that passed unacknowledged
    personal: tuple[PersonalState, ...] = ()  # whom the escalation reached, by which contacts
    team: str = ""  # id of the team that its worst alert belonged to when it opened; empty: none
    responses: Responses = NO_RESPONSES
    previous: Previous | None = None  # of the same group
    changes: tuple[RecentChange, ...] = ()  # of its systems, shortly before it

    @property
    def open(self) -> bool:
        """Whether it is not resolved."""
        return self.state is not State.RESOLVED

    @property
    def test(self) -> bool:
        """Whether it is a test: marked in each text, and left out of all numbers."""
        return is_test(self.group_labels)

    @property
    def began_at(self) -> float:
        """When the first of its alerts began to fire, as the source said; Unix seconds."""
        return self.opened_at if self.since is None else self.since

    def lasted(self, now: float) -> float:
        """Seconds from the start of its first alert to the end of its last, or to `now` while open.

        The one duration of an incident, for every list, page and message. It counts what users
        suffered, so it includes the time before the alert was received.
        """
        ended = now if self.resolved_at is None else self.resolved_at
        return max(0.0, ended - self.began_at)

    def suppressed_by(self, *reasons: SuppressReason) -> bool:
        """Return whether the first suppression has one of these reasons."""
        return bool(self.suppressions) and self.suppressions[0].reason in reasons

    @property
    def suppressed(self) -> bool:
        """Whether at the last evaluation all of it was silenced, inhibited, snoozed or merged."""
        return self.suppressed_by(
            SuppressReason.SILENCED,
            SuppressReason.INHIBITED,
            SuppressReason.SNOOZED,
            SuppressReason.MERGED,
        )

    @property
    def list_state(self) -> str:
        """The state under which lists and counts show it: SUPPRESSED apart from firing.

        Muted counts as suppressed only before the first notification. Anyone who was notified
        before the mute began is still expected to acknowledge.
        """
        if self.state is not State.FIRING:
            return self.state.value
        muted = self.notified_at is None and self.suppressed_by(
            SuppressReason.MUTED, SuppressReason.OUTSIDE_ACTIVE
        )
        return SUPPRESSED if self.suppressed or muted else self.state.value


def with_number(incident: Incident, number: int) -> Incident:
    """Return a new incident with the number that the store gave it.

    By position, and not by `replace`, which takes twice as long: intake does it for every incident.
    """
    return Incident(
        number,
        incident.group_key,
        incident.route_id,
        incident.receiver,
        incident.group_labels,
        incident.opened_at,
        incident.due_at,
        incident.state,
        incident.tick_at,
        incident.flushed,
        incident.notified_at,
        incident.rank,
        incident.severity,
        incident.ack,
        incident.escalation,
        incident.notified_targets,
        incident.notification_pending,
        incident.suppressions,
        incident.respond_by,
        incident.resolved_at,
        incident.beginnings,
        incident.flapping_notified_at,
        incident.truncated,
        incident.title,
        incident.since,
        incident.missed_at,
        incident.personal,
        incident.team,
        incident.responses,
        incident.previous,
        incident.changes,
    )
