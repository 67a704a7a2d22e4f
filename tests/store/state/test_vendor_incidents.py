"""Vendors' incidents and the gateway's, on both databases."""

from gateway.core.actor import verified_person
from gateway.core.decide.result import ActionOutcome
from gateway.store import Store
from gateway.store.state import timeline, vendor_incidents
from tests.store.builders import opened


async def test_one_of_a_vendor_may_stand_for_several(store: Store) -> None:
    """What is remembered again is stored once, and accounts are apart."""
    for numbers in ([1002], [1001, 1002], []):
        await store.write(
            lambda tx, numbers=numbers: vendor_incidents.remember(tx, "pagerduty", "P1", numbers)
        )
    read = vendor_incidents.numbers_of
    assert await store.read(lambda tx: read(tx, "pagerduty", "P1")) == [1001, 1002]
    assert await store.read(lambda tx: read(tx, "pagerduty-eu", "P1")) == []


async def test_last_undo_counts_and_not_other_actions(store: Store) -> None:
    """Only an undo or a reopening makes an older acknowledgement outdated."""
    (number,) = await opened(store, "DoubleChargeDetected")
    assert await store.read(lambda tx: vendor_incidents.undone_at(tx, number)) == 0.0
    ben = verified_person("ben", "link")
    for outcome, at in (
        (ActionOutcome.UNDONE, 20.0),
        (ActionOutcome.REOPENED, 30.0),
        (ActionOutcome.COMMENTED, 40.0),
    ):
        await store.write(
            lambda tx, outcome=outcome, at=at: timeline.add_ack(tx, number, outcome.value, ben, at)
        )
    assert await store.read(lambda tx: vendor_incidents.undone_at(tx, number)) == 30.0
