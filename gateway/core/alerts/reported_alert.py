"""An alert as a source reports it, before it is merged with the stored one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

Sighting = tuple[str, int, float, float]
"""An alert that was not parsed: the identity of its labels' bytes (see
`gateway.core.alerts.labels.identity_of`), a hash of the bytes of its texts, its start, its end."""


class RawRepost(Protocol):
    """Reported alerts that were not parsed yet."""

    def __iter__(self) -> Iterator[Sighting]:
        """Yield the sighting of each, in their order."""

    def __len__(self) -> int:
        """Return how many they are."""

    def raw_hash(self, index: int) -> int:
        """Return the hash of the bytes of the texts of one of them."""


@dataclass(slots=True)
class ReportedAlert:
    """One reported alert, valid and normalised: no empty label values, at least one label.

    A value that no code changes; not frozen for the same reason as `Alert`.

    `starts_at` None: it began when it was received. `ends_at` None: it fires with no known end;
    for sources that post again (`expires`) the plan's resolve_timeout then counts from the receipt.
    An `ends_at` that is not in the future means resolved. `identity`: empty unless the
    source computed it already.
    """

    labels: Mapping[str, str]
    annotations: Mapping[str, str] = field(default_factory=dict)
    starts_at: float | None = None
    ends_at: float | None = None
    generator_url: str = ""
    expires: bool = False
    identity: str = field(default="", compare=False)
