"""Cached fingerprints are the right ones, and their number is bounded."""

import pytest

from gateway.core.alerts.labels import fingerprint
from gateway.flow.queries import fingerprints
from gateway.flow.queries.fingerprints import PAGE, Fingerprints


def test_each_serial_has_its_own_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read once or twice, close to each other or far apart."""
    fingerprint_of = Fingerprints().reader()
    labels = {serial: {"pod": str(serial)} for serial in (1, 2, PAGE, 10**15)}
    for serial in (*labels, *labels):
        assert fingerprint_of(serial, labels[serial]) == fingerprint(labels[serial])
    computed: list[object] = []
    monkeypatch.setattr(fingerprints, "fingerprint", computed.append)
    assert fingerprint_of(PAGE, {}) == fingerprint(labels[PAGE])
    assert computed == []


def test_serials_far_apart_keep_few_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """E37: serials that are far apart do not fill the memory."""
    monkeypatch.setattr(fingerprints, "MAX_PAGES", 3)
    cache = Fingerprints()
    fingerprint_of = cache.reader()
    for serial in range(0, 50 * PAGE, PAGE):
        fingerprint_of(serial, {"pod": str(serial)})
    assert len(cache._pages) <= 3


def test_alerts_read_before_a_clear_are_not_cached_after_it() -> None:
    """After a restored backup a serial may name another alert."""
    cache = Fingerprints()
    before = cache.reader()
    cache.clear()
    before(7, {"pod": "7"})
    assert cache.reader()(7, {"pod": "8"}) == fingerprint({"pod": "8"})
