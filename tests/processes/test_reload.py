"""Reloads under load: a bad file changes nothing, a good one loses nothing."""

import signal
from collections import Counter

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.database import rows, settled
from tests.processes.gateway import Gateway
from tests.processes.harness import request, wait_for
from tests.processes.payloads import alert, resolved
from tests.processes.routes import SEVERAL, WEBHOOK
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

BAD = {
    "no YAML": "route: [",
    "unknown receiver": WEBHOOK.replace("receiver: sink", "receiver: snik"),
    "unknown key": WEBHOOK.replace("group_by", "groupby"),
    "missing secret": WEBHOOK + 'channels:\n  slack: {token: "${NOT_SET_ANYWHERE}"}\n',
    "empty": "",
}
ELSEWHERE = """
receivers:
  - name: sink
    webhook: [{url: "<webhook>/hook"}]
  - name: other
    webhook: [{url: "<webhook>/elsewhere"}]
route:
  receiver: sink
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
  routes:
    - {matchers: ['alertname="Moves"'], receiver: other}
"""


def notified(vendors: Vendors, path: str = "") -> list[tuple[str, str]]:
    """Return what the webhook received, in order: status and alert."""
    return [
        (line["json"]["status"], line["json"]["groupLabels"]["alertname"])
        for line in vendors.accepted("webhook")
        if path in ("", line["path"])
    ]


def loaded(gateway: Gateway) -> bool:
    """Return whether the metrics say that the last reload succeeded."""
    _, text = gateway.get("/metrics")
    return "gateway_config_last_reload_successful 1.0" in text


def test_a_bad_file_is_refused_and_changes_nothing(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Promise 6: POST and SIGHUP report what is wrong and where; the old file stays active."""
    gateway = make_gateway(WEBHOOK).start()
    for what, text in BAD.items():
        gateway.write_routes(text)
        status, answer = gateway.reload()
        assert status == 422, what
        assert answer["detail"], what
        gateway.accept(alert(f"after {what}"))
        wait_for(
            "it is still notified", lambda w=what: ("firing", f"after {w}") in notified(vendors)
        )
    gateway.config.unlink()
    status, answer = gateway.reload()
    assert status == 422, answer
    before = gateway.log().count("not loaded")
    assert gateway.process is not None
    gateway.process.send(signal.SIGHUP)
    wait_for("the log says why", lambda: gateway.log().count("not loaded") > before)
    assert any("routes.yaml" in problem for problem in gateway.get("/readyz")[1]["problems"])
    gateway.write_routes(WEBHOOK)
    gateway.process.send(signal.SIGHUP)
    wait_for("/readyz has no problems", lambda: not gateway.get("/readyz")[1]["problems"])
    wait_for("the metric says so", lambda: loaded(gateway))


def test_messages_in_flight_finish(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """E8: a reload interrupts no message and repeats none."""
    for vendor in ("postmark", "slack", "pagerduty", "webhook"):
        vendors.behave(vendor, {"delay": 1.0})
    gateway = make_gateway(GATEWAY_LEASE="20").start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("all have it", lambda: len(vendors.accepted()) == 4)
    for _ in range(3):
        assert gateway.reload()[0] == 200
    wait_for("all is recorded", lambda: settled(gateway))
    gateway.accept(alert("Next"))
    wait_for("the next is notified", lambda: len(vendors.accepted()) == 8)
    wait_for("all is recorded", lambda: settled(gateway))
    assert rows(gateway, "SELECT DISTINCT outcome FROM attempts") == [("accepted",)]
    assert Counter(line["vendor"] for line in vendors.accepted()).total() == 8


def test_a_reload_keeps_due_times_and_incidents(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """E8: reloads and a restart in the group_wait neither lose, delay nor double the message."""
    gateway = make_gateway(SEVERAL.replace("group_wait: 2s", "group_wait: 6s")).start()
    gateway.accept(alert("SlowRenewals"))
    (due,) = rows(gateway, "SELECT due_at FROM incidents")
    for _ in range(3):
        assert gateway.reload()[0] == 200
    assert rows(gateway, "SELECT due_at FROM incidents") == [due]
    gateway.kill()
    gateway.start()
    assert rows(gateway, "SELECT due_at FROM incidents") == [due]
    assert vendors.accepted() == []
    wait_for("it is notified", lambda: len(vendors.accepted()) == 4)
    wait_for("all is recorded", lambda: settled(gateway))
    assert rows(gateway, "SELECT count(*) FROM incidents") == [(1,)]


def test_a_reload_keeps_an_acknowledgement(make_gateway: MakeGateway, vendors: Vendors) -> None:
    """E8: it stays acknowledged, and nobody is notified again."""
    gateway = make_gateway().start()
    gateway.accept(alert("DoubleCharge"))
    wait_for("all is recorded", lambda: settled(gateway))
    status, _, body = request(
        f"{gateway.url}/api/v1/incidents/1001/ack",
        "POST",
        b'{"by": "ana"}',
        {"Content-Type": "application/json"},
    )
    assert status == 200, body
    assert gateway.reload()[0] == 200
    assert rows(gateway, "SELECT state FROM incidents") == [("acknowledged",)]
    gateway.accept(resolved(alert("DoubleCharge")))
    wait_for("it is over", lambda: rows(gateway, "SELECT state FROM incidents") == [("resolved",)])
    wait_for("all is recorded", lambda: settled(gateway))
    kinds = {kind for (kind,) in rows(gateway, "SELECT kind FROM notices")}
    assert kinds == {"firing", "acknowledged", "resolved"}


def test_a_reload_moves_alerts_to_their_new_route(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """E8: firing alerts move to the route that matches now, and the old receiver is notified."""
    gateway = make_gateway(WEBHOOK).start()
    gateway.accept(alert("Moves"), alert("Stays"))
    wait_for("both are notified", lambda: len(notified(vendors, "/hook")) == 2)
    gateway.write_routes(ELSEWHERE)
    assert gateway.reload()[0] == 200
    wait_for(
        "the new receiver is notified",
        lambda: notified(vendors, "/elsewhere") == [("firing", "Moves")],
    )
    wait_for("the old one is notified", lambda: ("resolved", "Moves") in notified(vendors, "/hook"))
    assert ("resolved", "Stays") not in notified(vendors, "/hook")


def test_a_restart_moves_alerts_to_their_new_route(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """E8: the same if routes.yaml changed while no replica ran."""
    gateway = make_gateway(WEBHOOK).start()
    gateway.accept(alert("Moves"), alert("Stays"))
    wait_for("both are notified", lambda: len(notified(vendors, "/hook")) == 2)
    wait_for("all is recorded", lambda: settled(gateway))
    gateway.kill()
    gateway.write_routes(ELSEWHERE)
    gateway.start()
    wait_for(
        "the new receiver is notified",
        lambda: notified(vendors, "/elsewhere") == [("firing", "Moves")],
    )
    wait_for("the old one is notified", lambda: ("resolved", "Moves") in notified(vendors, "/hook"))
    assert ("resolved", "Stays") not in notified(vendors, "/hook")
    assert len(notified(vendors)) == 4
