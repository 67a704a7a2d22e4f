"""Fast path for ordinary alerts, parsed from bytes straight into their fields.

Nearly all posts take it, and it needs a third of the time. A post with any irregularity, such as a
label without a value, is left to `prometheus.parse_with_faults`, which can name it.
"""

import msgspec
import orjson

from gateway.core.alerts.labels import identity_of
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.plan.plan import DEFAULT_RESOLVE_TIMEOUT
from gateway.web.ingest.sources.fields import instant
from gateway.web.ingest.sources.limits import LONGEST_NAME, LONGEST_TEXT, LONGEST_URL, fit


class _Posted(msgspec.Struct, gc=False):  # it holds texts only, which form no cycles
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    startsAt: str = ""
    endsAt: str = ""
    generatorURL: str = ""


_decode = msgspec.json.Decoder(list[_Posted]).decode


def parse_plain(body: bytes, now: float) -> list[ReportedAlert] | None:
    """Parse a post to API v2 received at `now`; None if it has any irregularity."""
    if b"\\u0000" in body:  # NUL, or the text of its escape
        return None
    try:
        posted = _decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    # No text is longer than its body, and no labels are longer than they are as JSON.
    is_short, is_long = len(body) <= LONGEST_NAME, len(body) > LONGEST_TEXT
    read = []
    for one in posted:
        labels, annotations = one.labels, one.annotations
        if not labels or "" in labels or "" in annotations or not all(labels.values()):
            return None
        try:
            starts_at, ends_at = instant(one.startsAt), instant(one.endsAt)
        except ValueError:
            return None
        if starts_at is not None:
            if starts_at > (now + DEFAULT_RESOLVE_TIMEOUT if ends_at is None else ends_at):
                return None
            if starts_at > now:
                starts_at = None  # the sender's clock is ahead: use the time of receipt
        labels_json = orjson.dumps(labels, option=orjson.OPT_SORT_KEYS)
        url = one.generatorURL
        if (
            not is_short
            and (
                is_long
                or len(labels_json) > LONGEST_NAME
                or len(url) > LONGEST_URL
                or len("".join(annotations)) > LONGEST_NAME
            )
            and not fit(labels, annotations, url)
        ):
            return None
        identity = identity_of(labels_json)
        read.append(
            ReportedAlert(
                labels, annotations, starts_at, ends_at, url, expires=True, identity=identity
            )
        )
    return read
