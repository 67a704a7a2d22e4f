"""Which re-posts the cache absorbs, and which must be stored."""

from dataclasses import replace

from gateway.core.alerts.alert import Alert
from gateway.flow.intake.repost_cache import WRITE_AHEAD, RepostCache

NOW = 1_795_000_000.0
ALERT = Alert("id", {"alertname": "SlowRenewals"}, {"summary": "slow"}, NOW - 60, NOW + 240)


def known(alert: Alert = ALERT, trust: float | None = None) -> RepostCache:
    cache = RepostCache(trust)
    cache.remember([alert], NOW)
    return cache


def test_an_unknown_alert_is_committed() -> None:
    """Promise 1: nothing is answered from a memory that does not have it."""
    assert not RepostCache().absorb(ALERT, NOW)


def test_a_repost_with_a_later_end_is_absorbed() -> None:
    """A re-post costs no write; its later end counts from now on."""
    cache = known()
    assert cache.absorb(replace(ALERT, ends_at=NOW + 300), NOW + 60)
    assert cache.ends_at("id", NOW + 240) == NOW + 300


def test_an_earlier_end_does_not_shorten() -> None:
    """As in Alertmanager: an end that was sent outlives an earlier one that is still ahead."""
    cache = known()
    assert cache.absorb(replace(ALERT, ends_at=NOW + 100), NOW)
    assert cache.ends_at("id", NOW + 240) == NOW + 240


def test_an_inferred_end_may_be_shortened() -> None:
    """An end that resolve_timeout only guessed gives way to one that was sent."""
    cache = known(replace(ALERT, timeout=True))
    assert cache.absorb(replace(ALERT, ends_at=NOW + 300), NOW)
    ends, _ = cache.pending_writes(NOW + 200)
    assert ends == [("id", NOW + 300, NOW + 200)]


def test_what_matters_is_committed() -> None:
    """An end, a new firing, an earlier start, another notion of its end: news go to the store."""
    cache = known()
    assert not cache.absorb(replace(ALERT, ends_at=NOW - 1), NOW)
    assert not cache.absorb(replace(ALERT, starts_at=NOW - 90), NOW)
    assert not cache.absorb(replace(ALERT, ends_at=None), NOW)
    assert not cache.absorb(replace(ALERT, ends_at=NOW + 900), NOW + 300)


def test_a_repeated_end_is_absorbed() -> None:
    """Prometheus repeats a resolved alert for a quarter of an hour: that changes nothing."""
    ended = replace(ALERT, ends_at=NOW - 1)
    assert known(ended).absorb(ended, NOW + 60)


def test_another_end_of_a_resolved_alert_is_stored() -> None:
    """As in Alertmanager: of two ends in the past the later one counts, and the later text."""
    ended = replace(ALERT, ends_at=NOW - 5)
    assert known(ended).absorb(replace(ended, ends_at=NOW - 6), NOW)
    assert not known(ended).absorb(replace(ended, ends_at=NOW - 4), NOW)
    assert not known(ended).absorb(replace(ended, annotations={"summary": "over"}), NOW)
    assert known(ended).absorb(replace(ended, annotations={}), NOW)


def test_a_sooner_end_than_an_inferred_one_is_committed() -> None:
    """Its incident must be evaluated then; a later end can wait."""
    inferred = replace(ALERT, timeout=True)
    assert not known(inferred).absorb(replace(ALERT, ends_at=NOW + 100), NOW)
    assert known(inferred).absorb(replace(ALERT, ends_at=NOW + 300), NOW)


def test_ends_are_written_well_before_they_pass() -> None:
    """After a crash the stored end must outlive the next re-post."""
    cache = known()
    cache.absorb(replace(ALERT, ends_at=NOW + 900), NOW)
    assert cache.pending_writes(NOW + 240 - WRITE_AHEAD - 1)[0] == []
    ends, words = cache.pending_writes(NOW + 240 - WRITE_AHEAD + 1)
    assert [end[:2] for end in ends] == [("id", NOW + 900)]
    cache.mark_written(ends, words)
    assert cache.pending_writes(NOW + 240)[0] == []


def test_new_words_are_written_later() -> None:
    """Annotations with a changing value cost no write on the request's path."""
    cache = known()
    assert cache.absorb(replace(ALERT, annotations={"summary": "slower"}), NOW)
    assert cache.with_latest_text(ALERT).annotations["summary"] == "slower"
    _, words = cache.pending_writes(NOW)
    assert [alert.annotations["summary"] for alert in words] == ["slower"]
    cache.mark_written([], words)
    assert cache.pending_writes(NOW)[1] == []


def test_beside_other_replicas_trust_ends() -> None:
    """Promise 11: another replica may have stored the end: the cache expires."""
    cache = known(trust=30.0)
    assert cache.absorb(ALERT, NOW + 30)
    assert not cache.absorb(ALERT, NOW + 31)


def test_forgotten_after_the_end() -> None:
    """The cache is bounded by the alerts that are firing."""
    cache = known()
    assert cache.evict_ended(NOW + 240) == 0
    assert cache.evict_ended(NOW + 241) == 1
    assert len(cache) == 0


def test_beside_other_replicas_only_the_very_same_is_absorbed() -> None:
    """Promises 1, 14: an end and a new start may have been posted to another replica: a report
    that differs from what is known here must reach the database."""
    firing, over = replace(ALERT, ends_at=None), replace(ALERT, ends_at=NOW - 5)
    cache = known(firing, trust=30.0)
    assert cache.absorb(firing, NOW + 10)
    assert not cache.absorb(replace(firing, starts_at=NOW + 9), NOW + 10)
    cache = known(over, trust=30.0)
    assert cache.absorb(over, NOW + 10)
    assert not cache.absorb(replace(over, ends_at=NOW + 9), NOW + 10)


def test_beside_other_replicas_a_stored_end_that_changed_counts() -> None:
    """Promise 14: what this replica remembers must not keep alive what another one saw end."""
    cache = known(trust=30.0)
    assert cache.absorb(replace(ALERT, ends_at=NOW + 300), NOW + 10)
    assert cache.ends_at("id", NOW + 240) == NOW + 300
    assert cache.ends_at("id", NOW + 5) == NOW + 5


def test_a_report_that_waits_for_the_database_is_not_absorbed() -> None:
    """Promise 1: a report that overtook the commit of the one before would be lost."""
    cache = known()
    assert cache.absorb(replace(ALERT, ends_at=NOW + 300), NOW + 10)
    cache.invalidate("id")
    assert not cache.absorb(replace(ALERT, ends_at=NOW + 300), NOW + 10)
    assert cache.pending_writes(NOW + 300) == ([], [])


def test_an_end_that_was_reported_since_the_start_counts_as_it_is() -> None:
    """A report from before the start may have been extended while the process was down. A
    decision in the transaction of the report itself finds it in the database only."""
    cache = RepostCache(None, NOW)
    assert cache.ends_at("id", NOW + 60, NOW - 1) == NOW + WRITE_AHEAD
    assert cache.ends_at("id", NOW + 60, NOW) == NOW + 60
