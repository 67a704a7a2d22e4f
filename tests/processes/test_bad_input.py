"""Bad input over HTTP: an answer with a reason, no crash, and bounded memory."""

import gzip
import json
import random
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.gateway import Gateway
from tests.processes.harness import request, wait_for
from tests.processes.payloads import alert, webhook
from tests.processes.routes import WEBHOOK
from tests.processes.vendors import Vendors

pytestmark = pytest.mark.process

INGEST = ("/webhook/alertmanager", "/api/v2/alerts")
PATHS = (*INGEST * 5, "/webhook/nobody", "/-/reload")
WRONG_LINK = "/ack/x"
"""Its answer is delayed by up to three seconds: each client posts there once."""

ROUNDS = 60
CLIENTS = 4
GROWTH = 40.0
"""Megabytes that the process may grow by after it has warmed up."""


def bodies(dice: random.Random) -> bytes:
    """Return a random body, bad or good."""
    good = json.dumps(webhook([alert("Good")])).encode()
    position = dice.randrange(len(good))
    deep = b"[" * dice.choice([10, 10_000, 100_000])
    wrong: list[Any] = [
        [],
        {},
        None,
        7,
        "text",
        [[]],
        {"alerts": {}},
        {"alerts": [None, 1, "x", [], {}]},
        {**webhook([alert("x")]), "version": "99"},
        webhook([{**alert("x"), "labels": {"alertname": 7}}]),
        webhook([{**alert("x"), "labels": {"": "empty", "a\x00b": "\ud800"}}]),
        webhook([{**alert("x"), "startsAt": "yesterday"}]),
        webhook([{**alert("x"), "startsAt": "9999-99-99T00:00:00Z"}]),
        webhook([{**alert("x"), "labels": {f"l{n}": "v" for n in range(2000)}}]),
        webhook([{**alert("x"), "annotations": {"summary": "x" * 200_000}}]),
        {"alerts": [{"labels": {"a": 1e400 if dice.random() < 0.5 else 10**30}}]},
    ]
    return dice.choice(
        [
            b"",
            b"\x00" * 100,
            b"\xff\xfe" + good,
            good[:position],
            good[:position] + bytes([dice.randrange(256)]) + good[position + 1 :],
            good + good,
            deep,
            gzip.compress(b" " * 1_000_000),
            dice.randbytes(500),
            json.dumps(dice.choice(wrong)).encode("utf-8", "surrogatepass"),
        ]
    )


def heads(dice: random.Random) -> dict[str, str]:
    """Return random headers that may not fit the body."""
    headers = {
        "Content-Type": dice.choice(["application/json"] * 5 + ["text/plain", "", "a/b;c=\t"])
    }
    if dice.random() < 0.1:
        headers["Content-Encoding"] = dice.choice(["gzip", "br", "nonsense"])
    if dice.random() < 0.1:
        headers["Authorization"] = dice.choice(["Bearer", "Basic !!!", "Basic " + "A" * 5000])
    return headers


def throw(gateway: Gateway, seed: int, answers: list[int]) -> None:
    """Post many bodies, and record the answers."""
    dice = random.Random(seed)
    for number in range(ROUNDS):
        path = dice.choice(PATHS) if number else WRONG_LINK
        try:
            status, _, _ = request(gateway.url + path, "POST", bodies(dice), heads(dice))
        except OSError:
            status = 0  # the server may hang up on a body that it will not read
        answers.append(status)


def run_clients(gateway: Gateway, seed: int) -> list[int]:
    """Run several clients at once."""
    answers: list[int] = []
    clients = [
        threading.Thread(target=throw, args=(gateway, seed + number, answers))
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return answers


def megabytes(gateway: Gateway) -> float:
    """Return the resident memory of the process (proc(5): VmRSS, in kB)."""
    assert gateway.process is not None
    status = Path(f"/proc/{gateway.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def test_many_bad_bodies_are_refused_and_good_alerts_accepted(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """E34: each gets its own status, never 500, and good alerts are still accepted."""
    gateway = make_gateway(WEBHOOK).start()
    run_clients(gateway, 1)
    before = megabytes(gateway)
    answers = run_clients(gateway, 100)
    assert len(answers) == CLIENTS * ROUNDS
    assert {200, 400, 415, 422} <= set(answers) <= {0, 200, 400, 401, 403, 404, 413, 415, 422}
    assert answers.count(0) < len(answers) / 10
    assert megabytes(gateway) - before < GROWTH
    gateway.accept(alert("Afterwards"))
    wait_for(
        "a good alert is notified",
        lambda: any(
            line["json"]["groupLabels"].get("alertname") == "Afterwards"
            for line in vendors.accepted("webhook")
        ),
    )
    assert "Traceback" not in gateway.log()
    assert gateway.get("/readyz")[0] == 200


def test_half_sent_requests_do_not_delay_others(
    make_gateway: MakeGateway, vendors: Vendors
) -> None:
    """E34: other requests are served beside hundreds of half-sent ones."""
    gateway = make_gateway(WEBHOOK).start()
    half = (
        b"POST /webhook/alertmanager HTTP/1.1\r\nHost: gateway\r\n"
        b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    )
    open_ones = [gateway.connected() for _ in range(200)]
    try:
        for one in open_ones:
            one.sendall(half)
        gateway.accept(alert("Meanwhile"))
        wait_for("it is notified", lambda: vendors.accepted("webhook"))
    finally:
        for one in open_ones:
            one.close()
    gateway.accept(alert("Afterwards"))
    assert "Traceback" not in gateway.log()
