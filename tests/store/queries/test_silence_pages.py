"""Silences are read in pages, in the order of the list."""

from dataclasses import replace

from gateway.core.incidents.silence import Silence
from gateway.core.matching.matcher import Matcher
from gateway.store import Store
from gateway.store.queries import silence_pages
from gateway.store.state import silences

NOW, SINCE = 1000.0, 500.0
ONE = Silence("", (Matcher("team", "=", "billing"),), 0.0, 0.0, 0.0, "ana", "why")
SPANS = {
    "forgotten": (0.0, 400.0),
    "expired-1": (0.0, 1000.0),
    "expired-2": (0.0, 501.0),
    "active-2": (0.0, 3000.0),
    "active-1": (1000.0, 2000.0),
    "pending-2": (1900.0, 2000.0),
    "pending-1": (1001.0, 9000.0),
}


async def put_all(store: Store) -> None:
    for name, (start, end) in SPANS.items():
        one = replace(ONE, id=name, starts_at=start, ends_at=end)
        await store.write(lambda tx, one=one: silences.save(tx, one))


async def test_counts_include_recently_expired_silences(store: Store) -> None:
    """Silences that ended long ago do not count."""
    await put_all(store)
    result = await store.read(lambda tx: silence_pages.counts(tx, NOW, SINCE))
    assert result == {"active": 2, "pending": 2, "expired": 2}


async def test_pages_follow_each_other_without_a_gap(store: Store) -> None:
    """Active, pending and expired silences keep their order, wherever a page ends."""
    await put_all(store)
    expected = ["active-1", "active-2", "pending-1", "pending-2", "expired-1", "expired-2"]
    for most in (1, 2, 3, 4, 5, 6, 7):
        seen: list[str] = []
        for skip in range(0, len(expected), most):
            page = await store.read(
                lambda tx, skip=skip, most=most: silence_pages.page(tx, NOW, SINCE, skip, most)
            )
            for state, part in page.items():
                assert all(one.state(NOW) == state for one in part)
            names = [one.id for part in page.values() for one in part]
            assert len(names) <= most
            seen += names
        assert seen == expected
    beyond = await store.read(lambda tx: silence_pages.page(tx, NOW, SINCE, 6, 5))
    assert beyond == {"active": [], "pending": [], "expired": []}
