"""Silences: alerts with certain labels do not notify for a time. Pure.

The rules are Alertmanager's (its silence/silence.go and API v2) where clients could depend on
them. Beyond Alertmanager a silence may end early, once no alert that it matches has fired for a
while (`gone_for`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from gateway.core.alerts.labels import Labels
from gateway.core.errors import GatewayError
from gateway.core.matching.matcher import Matcher, matches_all
from gateway.core.plan.plan import NOTHING
from gateway.core.time.timestamps import local_time

LONGEST_TEXT = 4000
"""Characters of an author's name or a comment. Higher: timelines and pages show longer lines."""

LATEST = 253370764800.0
"""9999-01-01: later instants cannot be written as a date everywhere."""


class SilenceError(GatewayError, ValueError):
    """A silence that cannot be stored as requested; `field` names the part that is wrong."""

    def __init__(self, text: str, field: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Silence:
    """Alerts that match all of `matchers` are silenced from `starts_at` until `ends_at`.

    Instants are Unix seconds; the start counts as silenced, the end does not. `gone_for`: seconds
    without a matching alert after which it ends early, None for never.
    """

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: float
    ends_at: float
    updated_at: float
    created_by: str
    comment: str
    annotations: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    gone_for: float | None = None
    seen_at: float = 0.0  # when an alert that it matches was last seen to fire

    def state(self, now: float) -> str:
        """Return the state as Alertmanager names it: pending, active or expired."""
        if now < self.starts_at:
            return "pending"
        return "active" if now < self.ends_at else "expired"

    def mutes(self, labels: Labels) -> bool:
        """Return whether these labels match all of its matchers, at any time."""
        return matches_all(self.matchers, labels)

    def words(self, zone: str = "UTC") -> str:
        """Return who made it, until when in `zone`, and why, in one line for a timeline."""
        why = f": {self.comment}" if self.comment else ""
        end = local_time(self.ends_at, zone)
        name = end.tzname() or "UTC"
        name = name if name[0].isalpha() else f"UTC{name}"
        return f"{self.created_by or 'somebody'} until {end:%Y-%m-%d %H:%M} {name}{why}"


def validate(silence: Silence) -> None:
    """Refuse a silence that must be a mistake. Raises SilenceError.

    As in Alertmanager (silence.go, matchesEmpty) at least one matcher must require a label
    that is not empty, or with ``!=`` and ``!~`` a label with another value.
    """
    if not silence.matchers:
        raise SilenceError("a silence needs at least one matcher", "matchers")
    if all(one.op in ("=", "=~") and one.matches_value("") for one in silence.matchers):
        raise SilenceError(
            "it would silence every alert: at least one matcher must not match the empty text",
            "matchers",
        )
    if silence.ends_at < silence.starts_at:
        raise SilenceError("it ends before it starts", "endsAt")
    if silence.gone_for is not None and silence.gone_for <= 0:
        raise SilenceError("must be longer than 0 s", "goneFor")
    if silence.ends_at > LATEST:
        raise SilenceError("it must end before the year 9999", "endsAt")
    for name, text in (("createdBy", silence.created_by), ("comment", silence.comment)):
        if len(text) > LONGEST_TEXT:
            raise SilenceError(f"must not be longer than {LONGEST_TEXT} characters", name)
        _expect_text(text, name)
    for matcher in silence.matchers:
        _expect_text(matcher.name + matcher.value, "matchers")
    for label, value in silence.annotations.items():
        _expect_text(label + value, "annotations")


def _expect_text(text: str, name: str) -> None:
    """Refuse NUL and lone surrogates, which no database stores."""
    if "\x00" in text or (not text.isprintable() and any("\ud800" <= c <= "\udfff" for c in text)):
        raise SilenceError("holds NUL or half a character, which cannot be stored", name)


def can_update(old: Silence, new: Silence, now: float) -> bool:
    """Return whether `new` may replace `old` under the same id (Alertmanager's canUpdate).

    Otherwise the old one ends and the new one gets its own id. A silence that was active keeps its
    start and its matchers, because history must not change.
    """
    if old.matchers != new.matchers:
        return False
    state = old.state(now)
    if state == "active":
        # Within a second, and not the same whole second as in Alertmanager: clients send back what
        # they were shown, in milliseconds, which may round up into the next second.
        return abs(new.starts_at - old.starts_at) < 1.0 and new.ends_at >= now
    return state == "pending" and new.starts_at >= now and new.ends_at >= new.starts_at


def expired(silence: Silence, now: float) -> Silence:
    """Return the silence ended at `now`; one that had ended stays as it is."""
    if silence.state(now) == "expired":
        return silence
    return replace(silence, starts_at=min(silence.starts_at, now), ends_at=now, updated_at=now)


class SilenceIndex:
    """Finds the silences of an alert without evaluating all of them.

    A silence with an equality matcher is found by that label's pair; only those without one are
    evaluated for every alert.
    """

    def __init__(self, silences: Iterable[Silence]) -> None:
        self._by_pair: dict[tuple[str, str], list[Silence]] = {}
        self._others: list[Silence] = []
        for silence in silences:
            pairs = [(m.name, m.value) for m in silence.matchers if m.op == "=" and m.value]
            if pairs:
                self._by_pair.setdefault(pairs[0], []).append(silence)
            else:
                self._others.append(silence)

    def __bool__(self) -> bool:
        return bool(self._by_pair or self._others)

    def silencing(self, labels: Labels, now: float) -> list[Silence]:
        """Return the active silences that match these labels; those that end last come first."""
        candidates = list(self._others)
        for pair in labels.items():
            candidates += self._by_pair.get(pair, ())
        active = [one for one in candidates if one.state(now) == "active" and one.mutes(labels)]
        active.sort(key=lambda one: (-one.ends_at, one.id))
        return active
