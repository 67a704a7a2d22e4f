"""An alert as a source reports it, before it meets what is already known."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Incoming:
    """One reported alert, valid and normalised: no empty label values, at least one label.

    A value, which nobody changes; not frozen for the reason that `Alert` is not.

    `starts_at` None: it began when we received it. `ends_at` None: it fires with no known end;
    for sources that re-send (`expires`) the plan's resolve_timeout then counts from the receipt.
    An `ends_at` that is not in the future means resolved.
    """

    labels: Mapping[str, str]
    annotations: Mapping[str, str] = field(default_factory=dict)
    starts_at: float | None = None
    ends_at: float | None = None
    generator_url: str = ""
    expires: bool = False
