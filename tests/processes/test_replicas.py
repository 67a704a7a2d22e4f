"""Two replicas on one PostgreSQL: each notice is sent once, also when one replica dies."""

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

INCIDENTS = 300
BATCH = 20


@pytest.fixture
def database(migrated_postgres_url: str) -> str:
    """Return the URL of a database with the newest, empty tables."""
    return migrated_postgres_url


def rows(database: str, query: str) -> list[Any]:
    """Return the rows of a query on the shared database."""
    with psycopg.connect(database, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def settled(database: str) -> bool:
    """Return whether all notices are finished, and there were some."""
    states = {state for (state,) in rows(database, "SELECT DISTINCT state FROM notices")}
    return bool(states) and not states & {"pending", "sending"}


def pair(make_gateway: MakeGateway, database: str, routes: str) -> tuple[Gateway, Gateway]:
    """Start two replicas."""
    one = make_gateway(routes, database=database, name="one")
    two = make_gateway(routes, database=database, name="two")
    one.launch()
    two.start()
    one.url = one.wait_until_it_listens()
    return one, two


def post_incidents(*gateways: Gateway) -> set[str]:
    """Post many incidents to each in turn; return those that were answered 200."""
    accepted: set[str] = set()
    for first in range(0, INCIDENTS, BATCH):
        names = [f"storm-{number}" for number in range(first, first + BATCH)]
        gateway = gateways[first // BATCH % len(gateways)]
        gateway.accept(*(alert(name) for name in names))
        accepted.update(names)
    return accepted


def notified(vendors: Vendors) -> Counter[str]:
    """Return how often the webhook was notified of each alert."""
    lines = vendors.accepted("webhook")
    return Counter(line["json"]["groupLabels"]["alertname"] for line in lines)


def test_two_replicas_notify_of_each_incident_once(
    make_gateway: MakeGateway, vendors: Vendors, database: str
) -> None:
    """Promise 11: of many incidents posted to both, each is notified once, by either."""
    one, two = pair(make_gateway, database, WEBHOOK)
    accepted = post_incidents(one, two)
    wait_for("all are notified", lambda: len(notified(vendors)) >= len(accepted))
    wait_for("all is recorded", lambda: settled(database))
    assert notified(vendors) == Counter(accepted)
    assert rows(database, "SELECT count(*) FROM incidents") == [(INCIDENTS,)]


def test_a_killed_replica_is_replaced_within_the_lease(
    make_gateway: MakeGateway, vendors: Vendors, database: str
) -> None:
    """Promise 11: the other replica notifies of the rest within the lease, once each."""
    one, two = pair(make_gateway, database, WEBHOOK)
    vendors.behave("webhook", *[{"hang": "after"}] * 8)
    accepted = post_incidents(one, two)
    wait_for("some are notified", lambda: sum(notified(vendors).values()) >= INCIDENTS // 10)
    one.kill()
    died = {line[0] for line in rows(database, "SELECT id FROM notices WHERE state = 'sending'")}
    wait_for(
        "all are notified", lambda: len(notified(vendors)) >= len(accepted), patience=LEASE + 18
    )
    wait_for("all is recorded", lambda: settled(database))
    times = notified(vendors)
    assert set(times) == accepted
    uncertain = rows(database, "SELECT id FROM notices WHERE perhaps > 0")
    assert len(died) < INCIDENTS
    assert 8 <= times.total() - len(times) <= len(uncertain) <= len(died) + 8


def test_a_killed_replicas_incident_is_notified_by_the_other(
    make_gateway: MakeGateway, vendors: Vendors, database: str
) -> None:
    """Promise 11: if the replica that accepted an alert dies, the other notifies."""
    one, two = pair(make_gateway, database, SEVERAL)
    one.accept(alert("SlowRenewals"))
    one.kill()
    wait_for("the other notifies", lambda: len(vendors.accepted()) >= 4)
    assert two.process is not None
    assert two.process.running
    assert Counter(line["vendor"] for line in vendors.accepted()) == Counter(
        ["postmark", "slack", "pagerduty", "webhook"]
    )


def test_an_acknowledgement_at_the_other_replica_counts(
    make_gateway: MakeGateway, vendors: Vendors, database: str
) -> None:
    """Promise 11, E8: accepted and reloaded at one, acknowledged at the other, resolved."""
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
    wait_for("all is recorded", lambda: settled(database))
    events = [line["json"]["event_action"] for line in vendors.accepted("pagerduty")]
    assert events == ["trigger", "acknowledge", "resolve"]
    assert rows(database, "SELECT count(*) FROM incidents") == [(1,)]


def test_a_stopped_replica_releases_its_claims(
    make_gateway: MakeGateway, vendors: Vendors, database: str
) -> None:
    """Promise 11: the other replica sends what a stopped one had not begun at once, without waiting
    for a lease."""
    lease = {"GATEWAY_LEASE": "600"}
    one = make_gateway(WEBHOOK, database=database, name="one", **lease).start()
    accepted = post_incidents(one)
    two = make_gateway(WEBHOOK, database=database, name="two", **lease)
    two.launch()
    assert one.stop() == 0
    two.url = two.wait_until_it_listens()
    wait_for("all are notified", lambda: set(notified(vendors)) == accepted)
    wait_for("all is recorded", lambda: settled(database))
    assert notified(vendors) == Counter(accepted)
    assert rows(database, "SELECT id FROM notices WHERE perhaps > 0") == []
