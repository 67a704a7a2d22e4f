"""Endless templates in a real gateway: messages leave, and nothing else is delayed."""

import os
import signal
from pathlib import Path

import pytest

from tests.processes.conftest import MakeGateway
from tests.processes.database import settled
from tests.processes.harness import wait_for
from tests.processes.payloads import alert
from tests.processes.vendors import Vendors
from tests.render.hostile_templates import ENDLESS

pytestmark = pytest.mark.process

HOSTILE = {
    "email/text.j2": ENDLESS["nested lists printed"],
    "slack/text.j2": ENDLESS["nested lists compared"],
    "pagerduty/summary.j2": ENDLESS["memory by texts"],
}


def templates_in(folder: Path) -> str:
    """Write a folder with endless templates for three channels."""
    for name, source in HOSTILE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source)
    return str(folder)


def test_endless_templates_lead_to_plain_messages(
    make_gateway: MakeGateway, vendors: Vendors, tmp_path: Path
) -> None:
    """Promises 7 and 13: every vendor gets its message, a plain one if the template hangs."""
    gateway = make_gateway(GATEWAY_TEMPLATES=templates_in(tmp_path / "own")).start()
    for name in ("DoubleCharge", "DoubleRefund", "DoubleInvoice"):
        gateway.accept(alert(name))
    wait_for("all is sent", lambda: len(vendors.accepted()) >= 12)
    wait_for("all is recorded", lambda: settled(gateway))
    mails = [line["json"]["TextBody"] for line in vendors.accepted("postmark")]
    assert len(mails) == 3
    assert all("The template failed (" in mail for mail in mails)
    assert gateway.get("/healthz")[0] == 200
    # A reload reads the repaired template, and the stop leaves no process behind.
    (tmp_path / "own" / "email" / "text.j2").write_text("mended")
    assert gateway.reload()[0] == 200
    gateway.accept(alert("TripleCharge"))
    wait_for("one more mail", lambda: len(vendors.accepted("postmark")) == 4)
    assert vendors.accepted("postmark")[-1]["json"]["TextBody"] == "mended"
    # Keeper and worker; those before the reload end.
    words = ("gateway.render.worker.worker", str(tmp_path))
    wait_for("one process", lambda: len(processes_with(*words)) == 2)
    assert gateway.stop() == 0
    assert processes_with(*words) == []


def test_killing_the_gateway_ends_the_render_process(
    make_gateway: MakeGateway, vendors: Vendors, tmp_path: Path
) -> None:
    """Promise 1: after kill -9 no process of the gateway is left."""
    gateway = make_gateway(GATEWAY_TEMPLATES=templates_in(tmp_path / "own")).start()
    keepers = processes_with("gateway.render.worker.worker", str(tmp_path))
    assert keepers
    for pid in keepers:
        os.kill(pid, signal.SIGTERM)  # as a service manager does to all of a group: no effect
    gateway.accept(alert("DoubleCharge"))
    wait_for("a mail", lambda: len(vendors.accepted("postmark")) == 1)
    gateway.kill()
    wait_for("they end", lambda: not processes_with("gateway.render.worker.worker", str(tmp_path)))


def processes_with(*words: str) -> list[int]:
    """Return the processes whose command line has all these words."""
    process_ids = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().decode("utf-8", "reentry")
        except OSError:
            continue
        if all(word in line for word in words):
            process_ids.append(int(entry.name))
    return process_ids
