"""Two replicas on one PostgreSQL: one voice, and the other takes over when one dies."""

from collections import Counter
from typing import Any

import psycopg
import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.gateway import LEASE, Gateway
from tests.processes.harness import wait_for
from tests.processes.payloads import acknowledge_link, alert, resolved
from tests.processes.routes import SEVERAL, WEBHOOK
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

STORM = 300
BATCH = 20


@pytest.fixture
def database(migrated_postgres_url: str) -> str:
    """A database with the newest tables and nothing in them."""
    return migrated_postgres_url


def rows(database: str, query: str) -> list[Any]:
    """Look into the shared database."""
    with psycopg.connect(database, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def settled(database: str) -> bool:
    """Nothing is owed any more, and there was something."""
    states = {state for (state,) in rows(database, "SELECT DISTINCT state FROM notices")}
    return bool(states) and not states & {"pending", "sending"}


def pair(make_gateway: MakeGateway, database: str, routes: str) -> tuple[Gateway, Gateway]:
    """Two replicas that answer."""
    one = make_gateway(routes, database=database, name="one")
    two = make_gateway(routes, database=database, name="two")
    one.launch()
    two.start()
    one.url = one.wait_until_it_listens()
    return one, two


def storm(*gateways: Gateway) -> set[str]:
    """Post many incidents in turn to each; return those that were answered 200."""
    accepted: set[str] = set()
    for first in range(0, STORM, BATCH):
        names = [f"storm-{number}" for number in range(first, first + BATCH)]
        gateway = gateways[first // BATCH % len(gateways)]
        gateway.accept(*(alert(name) for name in names))
        accepted.update(names)
    return accepted


def told(vendors: Vendors) -> Counter[str]:
    """How often each alert was told to the webhook."""
    lines = vendors.accepted("webhook")
    return Counter(line["json"]["groupLabels"]["alertname"] for line in lines)


def test_each_is_told_once(make_gateway: MakeGateway, vendors: Vendors, database: str) -> None:
    """Promise 11: a storm posted to both is told by either, each incident once."""
    one, two = pair(make_gateway, database, WEBHOOK)
    accepted = storm(one, two)
    wait_for("all is told", lambda: len(told(vendors)) >= len(accepted))
    wait_for("all of it on record", lambda: settled(database))
    assert told(vendors) == Counter(accepted)
    assert rows(database, "SELECT count(*) FROM incidents") == [(STORM,)]


def test_one_dies_in_the_storm(make_gateway: MakeGateway, vendors: Vendors, database: str) -> None:
    """Promise 11: killed in mid-storm; the other tells the rest within the lease, once each."""
    one, two = pair(make_gateway, database, WEBHOOK)
    vendors.behave("webhook", *[{"hang": "after"}] * 8)
    accepted = storm(one, two)
    wait_for("the storm is on its way", lambda: sum(told(vendors).values()) >= STORM // 10)
    one.kill()
    died = {line[0] for line in rows(database, "SELECT id FROM notices WHERE state = 'sending'")}
    wait_for("all is told", lambda: len(told(vendors)) >= len(accepted), patience=LEASE + 18)
    wait_for("all of it on record", lambda: settled(database))
    times = told(vendors)
    assert set(times) == accepted
    doubtful = rows(database, "SELECT id FROM notices WHERE perhaps > 0")
    assert len(died) < STORM
    assert 8 <= times.total() - len(times) <= len(doubtful) <= len(died) + 8


def test_its_timers_go_on_in_the_other(
    make_gateway: MakeGateway, vendors: Vendors, database: str
) -> None:
    """Promise 11: the replica that took an alert dies in its group_wait; the other speaks."""
    one, two = pair(make_gateway, database, SEVERAL)
    one.accept(alert("SlowRenewals"))
    one.kill()
    wait_for("the other speaks", lambda: len(vendors.accepted()) >= 4)
    assert two.process is not None
    assert two.process.running
    assert Counter(line["vendor"] for line in vendors.accepted()) == Counter(
        ["postmark", "slack", "pagerduty", "webhook"]
    )


def test_acknowledged_through_the_other(
    make_gateway: MakeGateway, vendors: Vendors, database: str
) -> None:
    """Promise 11, E8: taken at one, reloaded there, acknowledged at the other, ended at either."""
    one, two = pair(make_gateway, database, SEVERAL)
    one.accept(alert("DoubleCharge"))
    wait_for("mail", lambda: vendors.accepted("postmark"))
    one.write_routes(SEVERAL.replace("repeat_interval: 1h", "repeat_interval: 2h"))
    status, answer = one.reload()
    assert status == 200, answer
    two.acknowledge(acknowledge_link(vendors.accepted("postmark")[0]["json"]), "ana")
    acknowledged = "SELECT state FROM incidents"
    wait_for("it is acknowledged", lambda: rows(database, acknowledged) == [("acknowledged",)])
    one.accept(resolved(alert("DoubleCharge")))
    wait_for("it is over", lambda: rows(database, acknowledged) == [("resolved",)])
    wait_for("all of it on record", lambda: settled(database))
    events = [line["json"]["event_action"] for line in vendors.accepted("pagerduty")]
    assert events == ["trigger", "acknowledge", "resolve"]
    assert rows(database, "SELECT count(*) FROM incidents") == [(1,)]


def test_one_is_stopped(make_gateway: MakeGateway, vendors: Vendors, database: str) -> None:
    """Promise 11: stopped in mid-storm, a replica hands back what it had not begun; the other
    tells it at once, without waiting for a lease."""
    lease = {"GATEWAY_LEASE": "600"}
    one = make_gateway(WEBHOOK, database=database, name="one", **lease).start()
    accepted = storm(one)
    two = make_gateway(WEBHOOK, database=database, name="two", **lease)
    two.launch()
    assert one.stop() == 0
    two.url = two.wait_until_it_listens()
    wait_for("all is told", lambda: set(told(vendors)) == accepted)
    wait_for("all of it on record", lambda: settled(database))
    assert told(vendors) == Counter(accepted)
    assert rows(database, "SELECT id FROM notices WHERE perhaps > 0") == []
