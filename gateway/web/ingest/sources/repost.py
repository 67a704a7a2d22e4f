"""Re-posts recognised from hashes of their bytes, without parsing the alerts.

Prometheus repeats every firing alert each minute, with the same bytes except for the end. Comparing
hashes costs a quarter of parsing, checking and comparing the alerts.
"""

from collections.abc import Iterator

import msgspec

from gateway.core.alerts.labels import identity_of
from gateway.core.alerts.reported_alert import Sighting
from gateway.web.ingest.sources.fields import instant


class _Posted(msgspec.Struct, gc=False):  # it holds no containers, which could form cycles
    labels: msgspec.Raw
    startsAt: str
    endsAt: str
    annotations: msgspec.Raw = msgspec.Raw()
    generatorURL: msgspec.Raw = msgspec.Raw()


_decode = msgspec.json.Decoder(list[_Posted]).decode


class RawPost:
    """The raw alerts of one post, in their order."""

    __slots__ = ("_posted",)

    def __init__(self, posted: list[_Posted]) -> None:
        self._posted = posted

    def __iter__(self) -> Iterator[Sighting]:
        """Yield a sighting of each alert. End after an empty one if its times are irregular."""
        for one in self._posted:
            try:
                starts_at, ends_at = instant(one.startsAt), instant(one.endsAt)
            except ValueError:
                starts_at = ends_at = None
            if starts_at is None or ends_at is None:
                yield "", 0, 0.0, 0.0  # matches no known alert
                return
            yield identity_of(bytes(one.labels)), _raw_hash(one), starts_at, ends_at

    def __len__(self) -> int:
        return len(self._posted)

    def raw_hash(self, index: int) -> int:
        """Return the hash of an alert's annotations and URL."""
        return _raw_hash(self._posted[index])


def parse_raw_post(body: bytes) -> RawPost | None:
    """Return the raw alerts of a post; None unless all have the fields that Prometheus writes."""
    try:
        return RawPost(_decode(body))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None


def _raw_hash(one: _Posted) -> int:
    return hash((bytes(one.annotations), bytes(one.generatorURL)))
