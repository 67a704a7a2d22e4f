"""Classification of re-posts: what must be stored at once, and what a cache can absorb."""

from enum import Enum

from gateway.core.alerts.alert import Alert

FAR_AHEAD = 900.0
"""Seconds by which an end may exceed the stored one. A source may never report a later end again,
so it is stored before it is answered. Raised: a crash can end such an alert too early."""


class CachedAlert:
    """An alert as last reported, and the end that the database has of it.

    `text_hash` is a hash of what only messages show; `raw_hash` is a hash of its bytes, None until
    they are known. `checked_at` is when the database was last read or written. Times are unix
    seconds; an end is None while none is known.
    """

    __slots__ = (
        "checked_at", "ends_at", "raw_hash", "starts_at", "stored_ends_at", "text_hash", "timeout",
    )  # fmt: skip

    def __init__(self, alert: Alert, now: float) -> None:
        self.starts_at = alert.starts_at
        self.ends_at = alert.ends_at
        self.stored_ends_at = alert.ends_at
        self.timeout = alert.timeout
        self.text_hash = text_hash(alert)
        self.raw_hash: int | None = None
        self.checked_at = now


class Repost(Enum):
    """What a report says beyond the cached alert."""

    STORE = "store"  # news, or a start or an end that the database must have before the answer
    RESOLVED = "resolved"  # repeats an end that is known
    FIRING = "firing"  # still firing, with the known end
    LATER_END = "later end"  # still firing, and its end replaces the cached one


# Names of the module, because access through the class costs as much as a comparison of times.
STORE, RESOLVED, FIRING, LATER_END = Repost


def text_hash(alert: Alert) -> int:
    """Return a hash of the annotations and the generator URL, valid in this process only."""
    return hash((frozenset(alert.annotations.items()), alert.generator_url))


def classify(cached: CachedAlert, alert: Alert, text: int, now: float, *, shared: bool) -> Repost:
    """Classify a report of a cached alert; `text` is the `text_hash` of the report.

    With `shared`, other replicas write to the same database. An alert may have ended and fired
    again there, so only the same start and the same end are re-posts.
    """
    if shared and alert.starts_at != cached.starts_at:
        return STORE
    if alert.is_resolved(now):
        return _classify_resolved(cached, alert, text, now, shared=shared)
    if alert.starts_at < cached.starts_at:
        return STORE
    return classify_firing_end(cached, alert.ends_at, now, timeout=alert.timeout)


def classify_firing_end(
    cached: CachedAlert, ends_at: float | None, now: float, *, timeout: bool
) -> Repost:
    """Classify the end of a report that is firing at `now`; `timeout`: the end was inferred."""
    known, stored = cached.ends_at, cached.stored_ends_at
    if known is None or ends_at is None:
        return FIRING if known == ends_at else STORE
    if known <= now:
        return STORE
    if stored is not None and (stored <= now or ends_at - stored > FAR_AHEAD):
        return STORE
    if not cached.timeout:
        return LATER_END if ends_at > known else FIRING
    if not timeout and ends_at < known:
        return STORE  # `due_at` was planned for the inferred end, which is later
    return LATER_END


def _classify_resolved(
    cached: CachedAlert, alert: Alert, text: int, now: float, *, shared: bool
) -> Repost:
    known, ends_at = cached.ends_at, alert.ends_at
    if known is None or known > now or ends_at is None:
        return STORE
    if ends_at > known or (shared and ends_at < known):
        return STORE
    # Without annotations, as Prometheus' own resolves may come, the stored ones are kept.
    if shared or not alert.annotations or text == cached.text_hash:
        return RESOLVED
    return STORE
