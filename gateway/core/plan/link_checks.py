"""Checks of links: what is followed, and what came out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.core.plan.accounts import Secret

FAILURES = 2
"""Checks in a row that a link must fail to count as dead. Lower: a wiki that restarts in the night
is an incident."""

DEFAULT_CRON = "30 4 * * *"


class LinkState(StrEnum):
    """What a check found. The values are stored and published."""

    OK = "ok"
    DEAD = "dead"
    UNKNOWN = "unknown"  # not followed, or its server does not let us see it


@dataclass(frozen=True, slots=True)
class LinkCheckSettings:
    """The section `link_checks:`. `timeout` is in seconds, for each request."""

    cron: str = DEFAULT_CRON
    zone: str = "UTC"
    private_addresses: bool = False
    proxy: Secret | None = None
    timeout: float = 10.0


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A URL and the positions that name it: `file:line`, or the name of an alert.

    `problem`: why it cannot be right, known without following it; empty if it is to be followed.
    """

    url: str
    positions: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What the last check of a link found. Instants are Unix seconds.

    `failures` counts the checks in a row that found it dead, since `failed_since`.
    """

    url: str
    positions: tuple[str, ...]
    state: LinkState
    detail: str
    checked_at: float = 0.0
    failures: int = 0
    failed_since: float | None = None

    @property
    def is_dead(self) -> bool:
        """Return whether it was found dead often enough to say so."""
        return self.failures >= FAILURES


def merge_positions(links: Iterable[FoundLink]) -> list[FoundLink]:
    """Return each URL once, with all of its positions, in the order of the first ones."""
    merged: dict[tuple[str, str], FoundLink] = {}
    for link in links:
        key = (link.url, link.problem)
        known = merged.get(key)
        positions = (*known.positions, *link.positions) if known else link.positions
        merged[key] = replace(link, positions=tuple(dict.fromkeys(positions)))
    return list(merged.values())


def after_check(result: LinkResult, before: LinkResult | None, now: float) -> LinkResult:
    """Return the result of a check at `now` with the failures in a row; `before` is stored."""
    if result.state is not LinkState.DEAD:
        return replace(result, checked_at=now, failures=0, failed_since=None)
    failures = before.failures if before is not None else 0
    since = before.failed_since if before is not None else None
    return replace(
        result,
        checked_at=now,
        failures=failures + 1,
        failed_since=now if since is None else since,
    )
