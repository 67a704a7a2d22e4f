"""Changes of the watched systems, as people and pipelines report them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.actor import Actor
from gateway.core.errors import GatewayError
from gateway.core.incidents.system_change import (
    LONGEST_KEY,
    LONGEST_LABEL,
    LONGEST_LINK,
    LONGEST_TITLE,
    MOST_LABELS,
    SystemChange,
)
from gateway.core.text.escape import escape_invisible, one_line, safe_url
from gateway.store import Store, Tx
from gateway.store.state import system_changes

AHEAD = 300.0
"""Seconds by which a change may lie in the future, by the clock of its sender."""

MOST_LISTED = 500
"""Changes in one list."""


class ChangeRefusedError(GatewayError, ValueError):
    """The change cannot be stored; `field` is what is wrong with it."""

    def __init__(self, field_name: str, text: str) -> None:
        super().__init__(text)
        self.field = field_name


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change as it is reported. `at` is in Unix seconds, None for now."""

    title: str
    at: float | None = None
    link: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    status: str = ""
    key: str = ""


class SystemChanges:
    """The changes of one gateway. Used from the event loop."""

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    async def add(self, new: NewChange, actor: Actor) -> SystemChange:
        """Store a change, or a later state of the one with its key.

        Raises ChangeRefusedError and StoreUnavailableError.
        """
        now = self._now()
        change = checked(new, actor, now)

        def work(tx: Tx) -> SystemChange:
            return system_changes.save(tx, change)

        return await self._store.write(work)

    async def store(self, changes: Sequence[SystemChange]) -> None:
        """Store what a source posted; return once it is on disk.

        Posts may arrive in another order than they were sent: a change of before the stored state
        of its key is left out. Raises StoreUnavailableError.
        """

        def work(tx: Tx) -> None:
            for change in changes:
                known = system_changes.by_key(tx, change.key) if change.key else None
                if known is None or known.at <= change.at:
                    system_changes.save(tx, change)

        await self._store.write(work)

    async def list(self, since: float, until: float) -> Sequence[SystemChange]:
        """Return the changes between two instants (Unix seconds), the latest first."""
        return await self._store.read(
            lambda tx: system_changes.between(tx, since, until, MOST_LISTED)
        )


def checked(new: NewChange, actor: Actor, now: float) -> SystemChange:
    """Return the change to store at `now`. Raises ChangeRefusedError."""
    title = one_line(new.title)
    if not title:
        raise ChangeRefusedError("title", "the title must not be empty")
    if len(title) > LONGEST_TITLE:
        raise ChangeRefusedError("title", f"the title has at most {LONGEST_TITLE} characters")
    link = safe_url(new.link) if new.link else ""
    if link is None or len(link) > LONGEST_LINK:
        raise ChangeRefusedError("link", "the link must be an http or https URL")
    if len(new.key) > LONGEST_KEY:
        raise ChangeRefusedError("key", f"the key has at most {LONGEST_KEY} characters")
    if new.at is not None and new.at > now + AHEAD:
        raise ChangeRefusedError(
            "at", "the time lies in the future: report a change when it happens"
        )
    return SystemChange(
        id=0,
        at=now if new.at is None else min(new.at, now),
        title=title,
        link=link,
        labels=_labels(new.labels),
        status=one_line(new.status, 40),
        key=escape_invisible(new.key),
        created_at=now,
        actor=actor,
    )


def _labels(labels: Mapping[str, str]) -> dict[str, str]:
    if len(labels) > MOST_LABELS:
        raise ChangeRefusedError("labels", f"a change has at most {MOST_LABELS} labels")
    for name, value in labels.items():
        if not name or len(name) > LONGEST_LABEL or len(value) > LONGEST_LABEL:
            message = f"names and values of labels have 1 to {LONGEST_LABEL} characters"
            raise ChangeRefusedError("labels", message)
        if "\x00" in name + value or not (name + value).isprintable():
            raise ChangeRefusedError("labels", "labels must not have invisible characters")
    return {name: value for name, value in labels.items() if value}
