"""Classification of re-posts, case by case."""

from dataclasses import replace

import pytest

from gateway.core.alerts.alert import Alert
from gateway.core.alerts.repost import (
    FAR_AHEAD,
    FIRING,
    LATER_END,
    RESOLVED,
    STORE,
    CachedAlert,
    Repost,
    classify,
    text_hash,
)

NOW = 1_795_000_000.0
FIRES = Alert("id", {"alertname": "SlowRenewals"}, {"summary": "slow"}, NOW - 60, NOW + 240)
ENDED = replace(FIRES, ends_at=NOW - 5)
ENDLESS = replace(FIRES, ends_at=None)
INFERRED = replace(FIRES, timeout=True)
OTHER = {"summary": "other"}


def repost(cached: Alert, reported: Alert, *, shared: bool = False) -> Repost:
    """Classify a report beside a cached alert."""
    entry = CachedAlert(cached, NOW - 30)
    return classify(entry, reported, text_hash(reported), NOW, shared=shared)


@pytest.mark.parametrize(
    ("cached", "reported", "expected"),
    [
        (FIRES, FIRES, FIRING),
        (FIRES, replace(FIRES, annotations=OTHER), FIRING),
        (FIRES, replace(FIRES, ends_at=NOW + 300), LATER_END),
        (FIRES, replace(FIRES, ends_at=NOW + 100), FIRING),
        (FIRES, replace(FIRES, ends_at=NOW + 240 + FAR_AHEAD + 1), STORE),
        (FIRES, replace(FIRES, starts_at=NOW - 30), FIRING),
        (FIRES, replace(FIRES, starts_at=NOW - 90), STORE),
        (FIRES, ENDED, STORE),
        (FIRES, ENDLESS, STORE),
        (ENDLESS, ENDLESS, FIRING),
        (ENDLESS, FIRES, STORE),
        (INFERRED, replace(INFERRED, ends_at=NOW + 100), LATER_END),
        (INFERRED, replace(FIRES, ends_at=NOW + 300), LATER_END),
        (INFERRED, replace(FIRES, ends_at=NOW + 100), STORE),
        (ENDED, FIRES, STORE),
        (ENDED, ENDED, RESOLVED),
        (ENDED, replace(ENDED, ends_at=NOW - 6), RESOLVED),
        (ENDED, replace(ENDED, ends_at=NOW - 4), STORE),
        (ENDED, replace(ENDED, annotations=OTHER), STORE),
        (ENDED, replace(ENDED, annotations={}), RESOLVED),
    ],
)
def test_a_report_is_a_repost_or_must_be_stored(
    cached: Alert, reported: Alert, expected: Repost
) -> None:
    """Promise 1: only a report that changes nothing but a later end or a text is absorbed."""
    assert repost(cached, reported) is expected


@pytest.mark.parametrize(
    ("cached", "reported", "expected"),
    [
        (FIRES, replace(FIRES, ends_at=NOW + 300), LATER_END),
        (FIRES, replace(FIRES, starts_at=NOW - 30), STORE),
        (ENDED, ENDED, RESOLVED),
        (ENDED, replace(ENDED, annotations=OTHER), RESOLVED),
        (ENDED, replace(ENDED, ends_at=NOW - 6), STORE),
    ],
)
def test_beside_other_replicas_start_and_end_must_be_the_same(
    cached: Alert, reported: Alert, expected: Repost
) -> None:
    """Promises 1 and 11: another replica may have stored an end and a new start."""
    assert repost(cached, reported, shared=True) is expected


def test_a_report_after_the_stored_end_is_stored() -> None:
    """E2: the database counts the alert as resolved, although the cached end is later."""
    entry = CachedAlert(replace(FIRES, ends_at=NOW - 1), NOW - 90)
    entry.ends_at = NOW + 60
    later = replace(FIRES, ends_at=NOW + 120)
    assert classify(entry, later, text_hash(later), NOW, shared=False) is STORE
