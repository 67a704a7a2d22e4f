"""A post to API v2 that is not read: its alerts' bytes are all that is needed to recognise them.

Prometheus posts every firing alert again each minute, by the same bytes but for the end. To find
that out from hashes costs a quarter of what reading, checking and comparing them costs.
"""

from collections.abc import Iterator

import msgspec

from gateway.core.alerts.labels import identity_of
from gateway.core.alerts.reported_alert import Sighting
from gateway.web.ingest.sources.fields import instant


class _Posted(msgspec.Struct, gc=False):  # it holds no containers: nothing for the collector
    labels: msgspec.Raw
    startsAt: str
    endsAt: str
    annotations: msgspec.Raw = msgspec.Raw()
    generatorURL: msgspec.Raw = msgspec.Raw()


_decode = msgspec.json.Decoder(list[_Posted]).decode


class RawPost:
    """The alerts of one post, in their order."""

    __slots__ = ("_posted",)

    def __init__(self, posted: list[_Posted]) -> None:
        self._posted = posted

    def __iter__(self) -> Iterator[Sighting]:
        """What is seen of each. It ends early where one has times that need a closer look."""
        for one in self._posted:
            try:
                starts_at, ends_at = instant(one.startsAt), instant(one.endsAt)
            except ValueError:
                starts_at = ends_at = None
            if starts_at is None or ends_at is None:
                yield "", 0, 0.0, 0.0  # nobody's
                return
            yield identity_of(bytes(one.labels)), _raw_hash(one), starts_at, ends_at

    def __len__(self) -> int:
        return len(self._posted)

    def raw_hash(self, index: int) -> int:
        """The letters of the alert at this index."""
        return _raw_hash(self._posted[index])


def parse_raw_post(body: bytes) -> RawPost | None:
    """The alerts of a post; None where they are not all written out as Prometheus does."""
    try:
        return RawPost(_decode(body))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None


def _raw_hash(one: _Posted) -> int:
    return hash((bytes(one.annotations), bytes(one.generatorURL)))
