"""Slack both ways with a served gateway: buttons, replies and commands, by HTTP and socket."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.database import settled
from tests.processes.gateway import Gateway
from tests.processes.harness import wait_for
from tests.processes.payloads import alert
from tests.processes.slack_app import BY_SOCKET, ROUTES, SlackApp, body_of
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

EVERYWHERE = 5.0
"""Seconds within which everyone who was notified sees the result of an action."""


@pytest.fixture
def app(make_gateway: MakeGateway, vendors: Vendors) -> SlackApp:
    """Return the app of a gateway that has notified of one incident everywhere."""
    return notified(make_gateway(ROUTES).start(), vendors)


def notified(gateway: Gateway, vendors: Vendors) -> SlackApp:
    """Post an alert, and wait until all vendors have its message."""
    gateway.accept(alert("DoubleCharge"))
    wait_for("all vendors have theirs", lambda: len(vendors.accepted()) >= 4)
    wait_for("all is recorded", lambda: settled(gateway))
    return SlackApp(gateway, vendors)


def incident(app: SlackApp) -> Any:
    """Return the incident by the API."""
    return app.gateway.get("/api/v1/incidents/1001")[1]


def comments(app: SlackApp) -> list[str]:
    """Return the comments in the incident's timeline."""
    timeline = incident(app)["timeline"]
    return [one["data"]["comment"] for one in timeline if one["kind"] == "comment"]


@contextmanager
def locked_database(gateway: Gateway) -> Iterator[None]:
    """Hold the database's lock, as a stuck process would: nothing can be saved meanwhile."""
    path = gateway.home / "gateway.db"
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10.0)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


def test_press_is_answered_and_everyone_sees_the_result(app: SlackApp, vendors: Vendors) -> None:
    """An empty 200 at once, the outcome for the person, and one message to each target in 5 s."""
    message = app.message()
    before, begun = len(vendors.accepted()), time.monotonic()
    answer = app.post("actions", app.press("acknowledge", message.buttons["acknowledge"]))
    assert answer == (200, b"")
    assert time.monotonic() - begun < 3.0
    wait_for("the outcome", lambda: app.shown_to("U0ANA") == ["You acknowledged #1001."])
    wait_for("all is recorded", lambda: settled(app.gateway))
    assert time.monotonic() - begun < EVERYWHERE
    after = [line for line in vendors.accepted()[before:] if "/actions/" not in line["path"]]
    by_vendor = [(line["vendor"], line["path"]) for line in after]
    assert sorted(by_vendor) == [
        ("pagerduty", "/v2/enqueue"),
        ("postmark", "/email"),
        ("slack", "/api/chat.postMessage"),
        ("slack", "/api/chat.update"),
    ]
    assert "Ana" in json.dumps(app.updates()[-1])
    assert incident(app)["acknowledged"]["by"]["id"] == "ana"


def test_forged_late_or_replayed_press_is_refused(app: SlackApp) -> None:
    """E38: 401 each, counted, and nothing changes."""
    press = app.press("acknowledge", app.message().buttons["acknowledge"])
    body = body_of("actions", press)
    for headers in (
        app.signed(body, secret="test-other-secret"),
        app.signed(body, age=301.0),
        {"X": ""},
    ):
        assert app.post("actions", press, headers)[0] == 401
    assert incident(app)["acknowledged"] is None
    headers = app.signed(body)
    assert app.post("actions", press, headers)[0] == 200
    wait_for("it is acknowledged", lambda: incident(app)["acknowledged"])
    assert app.post("actions", press, headers)[0] == 401
    _, metrics = app.gateway.get("/metrics")
    refused = [line for line in metrics.splitlines() if "slack_signature" in line]
    assert [line.rpartition(" ")[2] for line in refused] == ["4.0"]


def test_press_that_is_not_saved_is_shown_as_failed(app: SlackApp) -> None:
    """ "Saving…" after a second, then the truth; the next press is saved."""
    value = app.message().buttons["acknowledge"]
    with locked_database(app.gateway):
        assert app.post("actions", app.press("acknowledge", value))[0] == 200
        wait_for("it says so", lambda: len(app.shown_to("U0ANA")) == 2)
    saving, failed = app.shown_to("U0ANA")
    assert saving == "Saving…"
    assert failed.startswith("*Not saved*: the gateway's database cannot be reached.")
    assert incident(app)["acknowledged"] is None
    app.post("actions", app.press("acknowledge", value))
    wait_for("the outcome", lambda: app.shown_to("U0ANA")[2:] == ["You acknowledged #1001."])


def test_unknown_user_reads_how_to_be_known(app: SlackApp) -> None:
    """By button, reply and command; none of them changes anything."""
    message = app.message()
    app.post("actions", app.press("acknowledge", message.buttons["acknowledge"], "U0NEW"))
    wait_for("the refusal", lambda: app.shown_to("U0NEW"))
    app.post("events", app.reply("is it us?", message, "U0NEW"))
    wait_for("the second one", lambda: len(app.shown_to("U0NEW")) == 2)
    _, answer = app.post("commands", app.command("oncall", user="U0NEW"))
    for text in (*app.shown_to("U0NEW"), json.loads(answer)["text"]):
        assert "`slack: U0NEW`" in text
    assert incident(app)["acknowledged"] is None
    assert comments(app) == []


def test_reply_in_the_thread_is_a_comment_once(app: SlackApp) -> None:
    """Slack posts an event again if it got no answer."""
    reply = app.reply("refunding &amp; calling <@U0ANA>", app.message())
    for _ in range(2):
        assert app.post("events", reply) == (200, b"{}")
    wait_for("the comment", lambda: comments(app) == ["refunding & calling @Ana"])


def test_commands_answer_the_person_alone(app: SlackApp) -> None:
    """In the answer itself: who is on call, and what is open."""
    for name, text in (("oncall", "There is no rota."), ("incidents", "#1001")):
        status, body = app.post("commands", app.command(name))
        answer = json.loads(body)
        assert (status, answer["response_type"]) == (200, "ephemeral")
        assert text in answer["text"]


def test_socket_mode_brings_the_same_and_ends_with_the_gateway(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """Nothing of the gateway is public; a stop closes the connection, a start opens one."""
    app = notified(make_gateway(BY_SOCKET).start(), vendors)
    message = app.message()
    press = app.press("acknowledge", message.buttons["acknowledge"])
    assert app.push("interactive", press) == {"acknowledged": None, "connections": 1}
    wait_for("the outcome", lambda: app.shown_to("U0ANA") == ["You acknowledged #1001."])
    app.push("events_api", app.reply("refunding", message))
    wait_for("the comment", lambda: comments(app) == ["refunding"])
    answer = app.push("slash_commands", app.command("incidents"))["acknowledged"]
    assert "#1001" in answer["text"]
    assert app.gateway.get("/readyz")[0] == 200
    assert app.gateway.stop() == 0
    app.gateway.start()
    assert app.push("slash_commands", app.command("incidents"))["connections"] == 1


def test_refused_app_token_is_named_and_pages_go_on(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """/readyz says what is wrong without the token; messages leave as before."""
    vendors.behave("slack", {"json": {"ok": False, "error": "invalid_auth"}, "accept": False})
    gateway = make_gateway(BY_SOCKET).start()
    problems = wait_for("it is named", lambda: gateway.get("/readyz")[1]["problems"])
    assert "Slack Socket Mode (slack)" in "; ".join(problems)
    assert "xapp" not in gateway.log()
    app = notified(gateway, vendors)
    wait_for("it connects", lambda: gateway.get("/readyz")[1]["problems"] == [])
    assert app.push("slash_commands", app.command("incidents"))["connections"] == 1
