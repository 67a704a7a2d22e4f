"""The commands of the pages about moving, run as they are against the products' answers."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.docs.pages import DOCS, snippets
from tests.importers.oncall.imports import committed, compared, imported_file, plan

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(
        sys.platform != "linux" or not all(map(shutil.which, ("bash", "curl", "jq"))),
        reason="needs GNU date, bash, curl and jq",
    ),
]
KEYS = ("PAGERDUTY_API_KEY", "OPSGENIE_API_KEY", "GOALERT_API_KEY", "ONCALL_API_KEY")
WINDOW = {"window": {"start": "2026-10-05T00:00:00Z", "end": "2026-11-30T00:00:00Z"}}
"""The time that the answers are about; the commands write the present one."""


def pagerduty() -> Mapping[str, Any]:
    """Answers by path."""
    _, billing, backup, policies, users = committed("pagerduty.json")
    rows = [{"id": "PBILLING"}, {"id": "PBACKUP"}]
    return {
        "/schedules": {"schedules": rows, "more": False},
        "/schedules/PBILLING": billing,
        "/schedules/PBACKUP": backup,
        "/escalation_policies": policies,
        "/users": users,
        "/teams": {"teams": [{"id": "PTEAM", "type": "team", "name": "Billing"}], "more": False},
    }


def opsgenie() -> Mapping[str, Any]:
    """Answers by path."""
    _, schedules, timeline, overrides, escalations, users, team = committed("opsgenie.json")
    off = json.loads(json.dumps(timeline).replace("s-billing", "s-off"))
    return {
        "/v2/schedules": schedules,
        "/v2/schedules/s-billing/timeline": timeline,
        "/v2/schedules/s-billing/overrides": overrides,
        "/v2/schedules/s-off/timeline": off,
        "/v2/schedules/s-off/overrides": {**overrides, "data": []},
        "/v2/escalations": escalations,
        "/v2/users": users,
        "/v2/teams": {**team, "data": [{"id": "t-billing", "name": "Billing"}]},
        "/v2/teams/t-billing": team,
    }


def goalert() -> Mapping[str, Any]:
    """The one answer."""
    return {"/api/graphql": committed("goalert.json")[1]}


def grafana() -> Mapping[str, Any]:
    """Answers by path."""
    _, schedules, shifts, _, terraform, _, web, chains, policies, users, teams = committed(
        "grafana.json"
    )
    lists = {"schedules": schedules, "on_call_shifts": shifts, "escalation_chains": chains,
             "escalation_policies": policies, "users": users, "teams": teams}  # fmt: skip
    final = {"S-TF": terraform, "S-WEB": web, "S-ICAL": {**web, "count": 0, "results": []}}
    return {f"/api/v1/{key}": value for key, value in lists.items()} | {
        f"/api/v1/schedules/{key}/final_shifts": value for key, value in final.items()
    }


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """A server on a free port that answers by path, if the request has a credential."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0].rstrip("/")
            answer = answers.get(path) if "test-key" in self.headers["Authorization"] else None
            self.send_response(404 if answer is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert set(body["variables"]) == {"start", "end"}
            assert "activeUserIndex" in body["query"]
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:
            """Print nothing."""

    answers: dict[str, Any] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answers = answers  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("page", "host", "answers", "rotas"),
    [
        ("from-pagerduty.md", "https://api.pagerduty.com", pagerduty, 2),
        ("from-opsgenie.md", "https://api.opsgenie.com", opsgenie, 3),
        ("from-goalert.md", "https://goalert.example.com", goalert, 3),
        ("from-grafana-oncall.md", "", grafana, 4),
    ],
)
def test_the_documented_commands_write_an_export_that_is_imported(
    page: str, host: str, answers: Any, rotas: int, server: ThreadingHTTPServer, tmp_path: Path
) -> None:
    """A reader who pastes them gets a file with every schedule, person and escalation."""
    url = f"http://127.0.0.1:{server.server_port}"
    server.answers.update(answers())  # type: ignore[attr-defined]
    blocks = list(snippets(DOCS / page))
    for block in blocks:
        if block.info == "graphql":
            (tmp_path / "goalert.graphql").write_text(block.text, encoding="utf-8")
    script = next(block.text for block in blocks if "START=" in block.text)
    script = script.replace(host, url) if host else script
    env = {**dict.fromkeys(KEYS, "test-key"), "PATH": os.environ["PATH"], "ONCALL_API_URL": url}
    result = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    (file,) = tmp_path.glob("*.json")
    first, _, rest = file.read_text(encoding="utf-8").partition("\n")
    assert json.loads(first).keys() == WINDOW.keys()
    file.write_text(f"{json.dumps(WINDOW)}\n{rest}", encoding="utf-8")
    written = imported_file(file)
    assert all(one.differences == () for one in compared(written))
    assert len(plan(written).rotas) == rotas
    assert written.ids.escalations
    assert {"ana", "ben", "cho", "dee"} == set(written.ids.people.values())
