"""Remembered fingerprints are the right ones, and do not pile up."""

import pytest

from gateway.core.alerts.labels import fingerprint
from gateway.flow.queries import fingerprints
from gateway.flow.queries.fingerprints import PAGE, Fingerprints


def test_each_serial_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked once or twice, near to each other or far apart."""
    names = Fingerprints()
    labels = {serial: {"pod": str(serial)} for serial in (1, 2, PAGE, 10**15)}
    for serial in (*labels, *labels):
        assert names.of(serial, labels[serial]) == fingerprint(labels[serial])
    computed: list[object] = []
    monkeypatch.setattr(fingerprints, "fingerprint", computed.append)
    assert names.of(PAGE, {}) == fingerprint(labels[PAGE])
    assert computed == []


def test_few_pages_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """E37: serials that lie far apart do not fill the memory."""
    monkeypatch.setattr(fingerprints, "MOST_PAGES", 3)
    names = Fingerprints()
    for serial in range(0, 50 * PAGE, PAGE):
        names.of(serial, {"pod": str(serial)})
    assert len(names._pages) <= 3
    names.clear()
    assert names.of(7, {"pod": "7"}) == fingerprint({"pod": "7"})
