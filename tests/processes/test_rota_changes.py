"""Changes of rotas on two real replicas: obeyed by the other, kept over a kill."""

import json
import time
from typing import Any

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.gateway import Gateway
from tests.processes.harness import request, wait_for
from tests.processes.payloads import alert
from tests.processes.routes import SEVERAL
from tests.processes.test_replicas import pair, rows
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

ON_CALL = """people:
  ana: {name: Ana, email: ana@example.com}
  ben: {name: Ben, email: ben@example.com}
rotas:
  billing:
    layers: [{members: [ana], start: 2026-01-05}]
escalations:
  billing: [{notify: ["rota:billing"], by: [email], wait: 1h}]
"""
ROUTES = SEVERAL.replace("people:\n  ana: {name: Ana, email: ana@example.com}\n", ON_CALL).replace(
    "    fallback: everyone\n", "    escalate: billing\n    fallback: everyone\n"
)
FIVE_MINUTES = 300.0


@pytest.fixture
def database(migrated_postgres_url: str) -> str:
    """Return the URL of a database with the newest, empty tables."""
    return migrated_postgres_url


def call(gateway: Gateway, method: str, path: str, body: Any = None) -> Any:
    """Call the API; return its answer, which must be 200."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} if data else {}
    status, _, answer = request(f"{gateway.url}/api/v1{path}", method, data, headers)
    assert status == 200, answer
    return json.loads(answer)


def on_call(gateway: Gateway) -> list[str]:
    (duty,) = call(gateway, "GET", "/oncall")["duty"]
    return [one["id"] for one in duty["on_call"]]


def take_over(gateway: Gateway) -> int:
    """Put Ben on call for a while; return the id of the change."""
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + FIVE_MINUTES))
    body = {"rota": "billing", "person": "ben", "to": end, "as": "ben"}
    (change,) = call(gateway, "POST", "/overrides", body)["changes"]
    return int(change["id"])


def wait_until_on_call(gateway: Gateway, person: str) -> None:
    """Wait until this person is on call by a replica. How often it asks has a test of its own."""
    wait_for(f"{person} is on call", lambda: on_call(gateway) == [person])


def test_override_of_one_replica_is_obeyed_by_the_other(
    make_gateway: MakeGateway, vendors: Vendors, database: str
) -> None:
    """Made at one, it is in force there at once and soon at the other; so is removal."""
    one, two = pair(make_gateway, database, ROUTES)
    assert on_call(two) == ["ana"]
    id_ = take_over(one)
    assert on_call(one) == ["ben"]
    wait_until_on_call(two, "ben")
    call(two, "DELETE", f"/overrides/{id_}?as=ana")
    assert on_call(two) == ["ana"]
    wait_until_on_call(one, "ana")


def mails(vendors: Vendors, subject: str) -> set[str]:
    """Return who was sent a mail whose subject has this text."""
    sent = [line["json"] for line in vendors.accepted("postmark")]
    return {mail["To"] for mail in sent if subject in mail["Subject"]}


def test_kill_after_an_override_loses_neither_it_nor_its_messages(
    make_gateway: MakeGateway, vendors: Vendors, database: str
) -> None:
    """kill -9 right after the answer: the other replica obeys it and notifies both people of it."""
    one, two = pair(make_gateway, database, ROUTES)
    both = {"ana@example.com", "ben@example.com"}
    wait_for("the shifts are known", lambda: rows(database, "SELECT 1 FROM announced_shifts"))
    take_over(one)
    one.kill()
    wait_until_on_call(two, "ben")
    wait_for("both are notified", lambda: mails(vendors, "shifts have changed") == both)
    assert on_call(one.start()) == ["ben"]
    two.accept(alert("DoubleCharge", severity="critical"))
    wait_for("Ben is paged", lambda: "ben@example.com" in mails(vendors, "DoubleCharge"))
    assert "ana@example.com" not in mails(vendors, "DoubleCharge")
