"""Posts of Prometheus to Alertmanager's API v2: a list of alerts, repeated while they fire.

Alertmanager's rules (its `api/v2`, and recorded answers of version 0.33): a missing start is now, a
missing end is now plus `resolve_timeout`, an end in the past means resolved, labels without a value
are dropped, and an alert that would end before it starts is refused.
"""

from typing import Any

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.plan.plan import DEFAULT_RESOLVE_TIMEOUT
from gateway.web.ingest.sources import fields
from gateway.web.ingest.sources.body import has_foreign_text, read_json
from gateway.web.ingest.sources.fast_path import parse_plain
from gateway.web.ingest.sources.parsed import BadAlert, BodyError, Parsed, Post


def parse(post: Post) -> Parsed:
    """Parse the alerts of one post. Raise BodyError."""
    plain = parse_plain(post.body, post.now)
    return parse_with_faults(post.body, post.now) if plain is None else Parsed(plain)


def parse_with_faults(body: bytes, now: float) -> Parsed:
    """Parse a post and name the fault of each invalid alert. Raise BodyError."""
    items, strict = read_json(body)
    if not isinstance(items, list):
        raise BodyError(422, f"the body must be a list of alerts, not {fields.kind_of(items)}")
    parsed = Parsed(malformed=not strict)
    foreign = has_foreign_text(body, strict=strict)
    for index, item in enumerate(items):
        try:
            parsed.alerts.append(_read(item, index, now, parsed.repaired, foreign=foreign))
        except fields.FieldError as error:
            parsed.bad.append(BadAlert(index, error.field, error.message))
    return parsed


def _read(
    item: Any, index: int, now: float, repaired: list[BadAlert], *, foreign: bool
) -> ReportedAlert:
    labels, annotations, url, starts_at, ends_at = fields.read(
        item, index, repaired, foreign=foreign
    )
    if starts_at is not None:
        end = now + DEFAULT_RESOLVE_TIMEOUT if ends_at is None else ends_at
        if starts_at > end:
            raise fields.FieldError("startsAt", "must not be later than endsAt")
        if starts_at > now:
            starts_at = None  # the sender's clock is ahead: use the time of receipt
    return ReportedAlert(labels, annotations, starts_at, ends_at, url, expires=True)
