"""An alert, and how two reports of the same alert become one."""

from dataclasses import dataclass, replace

from gateway.core.alerts.labels import Labels

MANUAL_SOURCE = "manual"
"""The source of alerts that people make by hand. They end when their incident is resolved."""


@dataclass(slots=True)
class Alert:
    """What a source reported of one label set.

    A value that no code changes. It is not frozen, because creating a frozen one takes six times as
    long, and every report creates one.

    `identity` is `gateway.core.alerts.labels.identity` of the labels. Times are Unix seconds;
    `ends_at` is None while no end is known. `timeout` says that the end was not sent but
    inferred from the resolve timeout. `updated_at` is when the report was
    received. `received_start` says that the start is that instant too: the sender gave none, or one
    in the future.
    """

    identity: str
    labels: Labels
    annotations: Labels
    starts_at: float
    ends_at: float | None
    generator_url: str = ""
    source: str = ""
    updated_at: float = 0.0
    timeout: bool = False
    received_start: bool = False

    def resolved_at(self, now: float) -> float | None:
        """Return when the alert ended, None while it is firing at `now`."""
        ends_at = self.ends_at
        return ends_at if ends_at is not None and ends_at <= now else None

    def is_resolved(self, now: float) -> bool:
        """Return whether the alert has ended; an end at `now` itself counts, as in Alertmanager."""
        ends_at = self.ends_at
        return ends_at is not None and ends_at <= now


def merge(old: Alert, new: Alert, now: float) -> Alert:
    """Return what is known of an alert after two reports of it; their order does not matter.

    As Alertmanager does (``alert.Alert.Merge``), the later received report counts, but the
    earliest start is kept; of two ends in the past the later one is kept; an end that was sent
    outlives an earlier one that is still ahead. Reports whose times do not touch are two
    episodes, and only one is returned.

    Beyond Alertmanager: of two episodes the one that began later is returned, so that the delayed
    end of the earlier one does not end the present one. And a resolve that came without
    annotations, as Prometheus' own resolves may, keeps the last known ones and the generator
    URL, so that its message still has the runbook.

    Where the stored start is the receipt, the sender's clock does not decide which came first. A
    resolve that was received later then ends the alert, at its receipt, even if it lies before the
    stored start. Otherwise a sender without starts and with a slow clock could not end its alerts.
    """
    if new.updated_at < old.updated_at:
        old, new = new, old
    if _touch(old, new):
        merged = _one_episode(old, new, now)
    elif old.received_start and new.is_resolved(now) and not old.is_resolved(now):
        ends_at = max(old.starts_at, min(new.updated_at, now))
        merged = replace(new, starts_at=old.starts_at, ends_at=ends_at, received_start=True)
    elif old.starts_at > new.starts_at:
        return replace(old, updated_at=new.updated_at)
    else:
        merged = new
    if not merged.is_resolved(now):
        return merged
    return replace(
        merged,
        annotations=merged.annotations or old.annotations,
        generator_url=merged.generator_url or old.generator_url,
    )


def _one_episode(old: Alert, new: Alert, now: float) -> Alert:
    first = old if old.starts_at <= new.starts_at else new
    ends_at, timeout = new.ends_at, new.timeout
    counts = old.is_resolved(now) if new.is_resolved(now) else not old.timeout
    if counts and _ends_later(old, new):
        ends_at, timeout = old.ends_at, old.timeout
    return replace(
        new,
        starts_at=first.starts_at,
        ends_at=ends_at,
        timeout=timeout,
        received_start=first.received_start,
    )


def _touch(old: Alert, new: Alert) -> bool:
    """Return whether two reports are of one episode; one that starts when the other ends is not."""
    return old.starts_at == new.starts_at or (
        (old.ends_at is None or new.starts_at < old.ends_at)
        and (new.ends_at is None or old.starts_at < new.ends_at)
    )


def _ends_later(old: Alert, new: Alert) -> bool:
    return new.ends_at is not None and (old.ends_at is None or old.ends_at > new.ends_at)
