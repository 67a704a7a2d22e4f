"""Alerts as Prometheus posts them to Alertmanager's API v2: an array, sent again while they fire.

Alertmanager's rules (its `api/v2`, and what version 0.33 answered when asked): a missing start is
now, a missing end is now plus `resolve_timeout`, an end in the past means resolved, labels without
a value are left out, and an alert that would end before it starts is refused.
"""

from typing import Any

from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.plan.plan import DEFAULT_RESOLVE_TIMEOUT
from gateway.web.ingest.sources import fields
from gateway.web.ingest.sources.body import has_foreign_text, read_json
from gateway.web.ingest.sources.fast_path import parse_plain
from gateway.web.ingest.sources.parsed import BadAlert, BodyError, Parsed


def parse(body: bytes, now: float) -> Parsed:
    """The alerts of one post received at `now`. Raises BodyError."""
    plain = parse_plain(body, now)
    return parse_with_faults(body, now) if plain is None else Parsed(plain)


def parse_with_faults(body: bytes, now: float) -> Parsed:
    """The same, and what is wrong with those that are not as they should be. Raises BodyError."""
    items, strict = read_json(body)
    if not isinstance(items, list):
        raise BodyError(422, f"the body must be a list of alerts, not {fields.kind_of(items)}")
    parsed = Parsed(malformed=not strict)
    foreign = has_foreign_text(body, strict)
    for index, item in enumerate(items):
        try:
            parsed.alerts.append(_read(item, index, now, foreign, parsed.repaired))
        except fields.FieldError as error:
            parsed.bad.append(BadAlert(index, error.field, error.message))
    return parsed


def _read(
    item: Any, index: int, now: float, foreign: bool, repaired: list[BadAlert]
) -> ReportedAlert:
    labels, annotations, url, starts_at, ends_at = fields.read(item, index, foreign, repaired)
    if starts_at is not None:
        end = now + DEFAULT_RESOLVE_TIMEOUT if ends_at is None else ends_at
        if starts_at > end:
            raise fields.FieldError("startsAt", "must not be later than endsAt")
        if starts_at > now:
            starts_at = None  # the sender's clock is ahead: it began when we heard of it
    return ReportedAlert(labels, annotations, starts_at, ends_at, url, True)
