"""kill -9 at each step between "a report is due" and "the vendor accepted it".

The mark of the last report is set back while the gateway is down, so that one is due at the start.
A query to Prometheus that hangs shows when the gateway reads the facts of the report.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.database import perhaps, rows, settled
from tests.processes.gateway import LEASE, Gateway
from tests.processes.harness import wait_for
from tests.processes.routes import SEVERAL
from tests.processes.test_replicas import rows as postgres_rows
from tests.processes.test_replicas import settled as postgres_settled
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

DAY = 86400
QUERY = "/api/v1/query"
MARK = "report daily"
LEADS = {"email": 1, "slack": 1}
"""How often each channel of the leads gets the report."""


def due_at() -> int:
    """Return a minute of the last hours: the next report is due a day after it."""
    return int(time.time() - 3 * 3600) // 60 * 60


def routes(due: int) -> str:
    """Return routes with a daily report that was due then (UTC), with a line of Prometheus."""
    at = time.gmtime(due)
    report = f"""
prometheus:
  url: "<webhook>"
  timeout: 3s
  queries:
    purchases: {{title: Purchases, query: "sum(purchases)"}}
reports:
  daily:
    receiver: leads
    cron: "{at.tm_min} {at.tm_hour} * * *"
    timezone: UTC
    lines: {{Business: [purchases]}}
receivers:
  - name: leads
    email: [{{to: leads@example.com}}]
    slack: [{{channel: "#billing-leads"}}]
"""
    return SEVERAL.replace("\nreceivers:\n", report, 1)


def set_back(gateway: Gateway, due: int) -> None:
    """Let the last report be that of the day before; the gateway must be down."""
    with closing(sqlite3.connect(gateway.home / "gateway.db", timeout=10.0)) as database, database:
        changed = database.execute("UPDATE meta SET value = ? WHERE name = ?", (due - DAY, MARK))
        assert changed.rowcount == 1


def mark_of(gateway: Gateway) -> int:
    """Return when the last report was due that was queued."""
    ((value,),) = rows(gateway, f"SELECT value FROM meta WHERE name = '{MARK}'")
    return int(value)


def with_report_due(make_gateway: MakeGateway) -> tuple[Gateway, int]:
    """Return a gateway that is down, for which one report is due."""
    due = due_at()
    gateway = make_gateway(routes(due)).start()
    wait_for(
        "the report is known",
        lambda: rows(gateway, f"SELECT value FROM meta WHERE name = '{MARK}'"),
    )
    assert mark_of(gateway) == due
    gateway.kill()
    set_back(gateway, due)
    return gateway, due


def queries(vendors: Vendors) -> int:
    """Return how often Prometheus was asked."""
    return sum(one["path"].startswith(QUERY) for one in vendors.received("webhook"))


def reports(vendors: Vendors) -> Counter[str]:
    """Return by channel how many reports the vendors accepted."""
    mails = [
        one for one in vendors.accepted("postmark") if one["json"]["To"] == "leads@example.com"
    ]
    posts = [one for one in vendors.accepted("slack") if "leads" in str(one["json"].get("channel"))]
    return Counter({"email": len(mails), "slack": len(posts)})


def assert_sent_once(gateway: Gateway, vendors: Vendors, due: int) -> None:
    """Wait for the report; check that neither it nor its notices exist twice, also later."""
    wait_for("the report is sent", lambda: reports(vendors) >= Counter(LEADS), LEASE + 20)
    wait_for("all is recorded", lambda: settled(gateway))
    gateway.kill()
    gateway.start()
    wait_for("it has checked", lambda: gateway.get("/readyz")[0] == 200)
    assert reports(vendors) == Counter(LEADS)
    subjects = rows(gateway, "SELECT channel, subject FROM notices WHERE kind = 'report'")
    assert sorted(subjects) == [(one, f"report:daily@{due}") for one in sorted(LEADS)]
    assert mark_of(gateway) == due


def test_report_killed_while_its_facts_are_read_is_sent_once(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 1: until it is queued nothing is marked, so the next start reads the facts again."""
    gateway, due = with_report_due(make_gateway)
    vendors.behave("webhook", hang="before")
    gateway.start()
    wait_for("Prometheus is asked", lambda: queries(vendors) == 1)
    assert mark_of(gateway) == due - DAY
    gateway.kill()
    vendors.recover("webhook")
    gateway.start()
    assert_sent_once(gateway, vendors, due)


@contextmanager
def write_lock(gateway: Gateway) -> Iterator[None]:
    """Hold the database's write lock meanwhile, as another program may."""
    path = gateway.home / "gateway.db"
    with closing(sqlite3.connect(path, timeout=10.0, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


def test_report_killed_before_its_transaction_is_sent_once(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 1: mark and notices are one transaction; one that never began leaves neither."""
    gateway, due = with_report_due(make_gateway)
    vendors.behave("webhook", {"delay": 1.0})
    gateway.start()
    wait_for("Prometheus is asked", lambda: queries(vendors) == 1)
    with write_lock(gateway):
        wait_for("Prometheus has answered", lambda: vendors.received("webhook")[0]["status"])
        gateway.kill()
        assert mark_of(gateway) == due - DAY
        assert rows(gateway, "SELECT count(*) FROM notices") == [(0,)]
    gateway.start()
    assert_sent_once(gateway, vendors, due)


def test_report_killed_after_it_was_queued_is_sent_once(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 1: the vendors refuse it until the kill; what is stored is sent after the start."""
    gateway, due = with_report_due(make_gateway)
    for vendor in ("postmark", "slack"):
        vendors.behave(vendor, status=503, body="down")
    gateway.start()
    wait_for("it is queued", lambda: mark_of(gateway) == due)
    wait_for("a vendor refused it", lambda: vendors.received("postmark"))
    gateway.kill()
    for vendor in ("postmark", "slack"):
        vendors.recover(vendor)
    gateway.start()
    assert_sent_once(gateway, vendors, due)


def test_report_killed_while_a_vendor_has_not_taken_it_is_sent_once(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 3: the claim ends with its lease, and the report goes out."""
    gateway, due = with_report_due(make_gateway)
    for vendor in ("postmark", "slack"):
        vendors.behave(vendor, {"hang": "before"})
    gateway.start()
    for vendor in ("postmark", "slack"):
        wait_for(f"{vendor} has the request", lambda name=vendor: vendors.received(name))
    gateway.kill()
    gateway.start()
    assert_sent_once(gateway, vendors, due)


def test_report_killed_between_acceptance_and_its_record_is_the_same_mail(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 3: only here it may go out again, and mail programs see one mail."""
    gateway, due = with_report_due(make_gateway)
    vendors.behave("postmark", {"hang": "after"})
    gateway.start()
    wait_for("both have it", lambda: reports(vendors) == Counter(LEADS))
    wait_for(
        "Slack's is recorded",
        lambda: rows(gateway, "SELECT state FROM notices WHERE channel = 'slack'") == [("sent",)],
    )
    gateway.kill()
    gateway.start()
    wait_for("all is recorded", lambda: settled(gateway), LEASE + 20)
    assert reports(vendors) == Counter({"email": 2, "slack": 1})
    first, second = (headers(one) for one in vendors.accepted("postmark"))
    assert first["Message-ID"] == second["Message-ID"]
    assert perhaps(gateway) == {"email": 1}
    assert mark_of(gateway) == due


def headers(mail: dict[str, Any]) -> dict[str, str]:
    """Return the headers of a mail at Postmark."""
    return {one["Name"]: one["Value"] for one in mail["json"]["Headers"]}


@pytest.fixture
def database(migrated_postgres_url: str) -> str:
    """Return the URL of a database with the newest, empty tables."""
    return migrated_postgres_url


def replicas_with_report_due(
    make_gateway: MakeGateway, database: str
) -> tuple[Gateway, Gateway, int]:
    """Return two replicas that are down, for which one report is due."""
    due = due_at()
    one = make_gateway(routes(due), database=database, name="one").start()
    two = make_gateway(routes(due), database=database, name="two")
    query = f"SELECT value FROM meta WHERE name = '{MARK}'"
    wait_for("the report is known", lambda: postgres_rows(database, query) == [(due,)])
    one.kill()
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE meta SET value = %s WHERE name = %s", (due - DAY, MARK))
    return one, two, due


def test_two_replicas_that_read_the_same_report_send_it_once(
    make_gateway: MakeGateway, vendors: Vendors, database: str
) -> None:
    """Promise 11: both read its facts at the same time, one of them queues it."""
    one, two, due = replicas_with_report_due(make_gateway, database)
    vendors.behave("webhook", delay=2.0)
    one.launch()
    two.launch()
    wait_for("the report is sent", lambda: reports(vendors) >= Counter(LEADS), 30)
    two.url, one.url = two.wait_until_it_listens(), one.wait_until_it_listens()
    wait_for("all is recorded", lambda: postgres_settled(database))
    assert reports(vendors) == Counter(LEADS)
    subjects = postgres_rows(database, "SELECT subject FROM notices WHERE kind = 'report'")
    assert subjects == [(f"report:daily@{due}",)] * 2


def test_report_of_a_killed_replica_is_sent_by_the_other(
    make_gateway: MakeGateway, vendors: Vendors, database: str
) -> None:
    """Promise 11: one dies while it reads the facts; the other sends the report, once."""
    one, two, due = replicas_with_report_due(make_gateway, database)
    vendors.behave("webhook", hang="before")
    one.start()
    wait_for("Prometheus is asked", lambda: queries(vendors) == 1)
    two.start()
    wait_for("the other asks as well", lambda: queries(vendors) == 2)
    one.kill()
    vendors.recover("webhook")
    wait_for("the report is sent", lambda: reports(vendors) >= Counter(LEADS), 30)
    wait_for("all is recorded", lambda: postgres_settled(database))
    assert reports(vendors) == Counter(LEADS)
    query = f"SELECT value FROM meta WHERE name = '{MARK}'"
    assert postgres_rows(database, query) == [(due,)]
