"""An alert as a source reports it, before it meets what is already known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

Sighting = tuple[str, int, float, float]
"""What is seen of an alert before it is read: the identity that its labels' bytes stand for (see
`gateway.core.alerts.labels.identity_of`), a hash of its words' bytes, its start and its end."""


class RawRepost(Protocol):
    """Reported alerts that nobody has read yet."""

    def __iter__(self) -> Iterator[Sighting]:
        """What is seen of each, in their order."""

    def __len__(self) -> int:
        """How many they are."""

    def raw_hash(self, index: int) -> int:
        """The hash of the words' bytes of one of them."""


@dataclass(slots=True)
class ReportedAlert:
    """One reported alert, valid and normalised: no empty label values, at least one label.

    A value, which nobody changes; not frozen for the reason that `Alert` is not.

    `starts_at` None: it began when we received it. `ends_at` None: it fires with no known end;
    for sources that re-send (`expires`) the plan's resolve_timeout then counts from the receipt.
    An `ends_at` that is not in the future means resolved. `identity`: where the source computed
    it already.
    """

    labels: Mapping[str, str]
    annotations: Mapping[str, str] = field(default_factory=dict)
    starts_at: float | None = None
    ends_at: float | None = None
    generator_url: str = ""
    expires: bool = False
    identity: str = field(default="", compare=False)
