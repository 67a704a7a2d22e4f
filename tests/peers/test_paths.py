"""The paths of the API v2 in every form, compared with a real Alertmanager.

One difference is documented: it redirects a path with `//` in it, and we accept it.
"""

import asyncio
import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway.web.http.paths import plain_target
from tests.endtoend.monitoring import Alertmanager
from tests.processes.harness import ended_after
from tests.shared_data import real_program
from tests.web.real import served

pytestmark = pytest.mark.peer

ROUTES = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}
UNKNOWN = "1d2fd4f0-0000-4000-8000-000000000000"
PATHS = (
    *("status", "silences", "alerts", "alerts/groups", "receivers"),
    *(f"silence/{UNKNOWN}", "alerts/nope", "nope", ""),
)
WRITTEN = ("{}", "{}/", "{}//", "{}/?filter=a%3D1", "{}//?filter=a%3D1", "/{}", "./{}", "x/../{}/")
WRITTEN += ("{}/.", "{}/..", "{}/api/v2")
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD")
Answer = tuple[int, str | None, frozenset[str]]


@pytest.mark.parametrize("prefix", ["", "/tools/am"])
async def test_every_form_of_a_path_is_answered_as_by_alertmanager(
    prefix: str, tmp_path: Path
) -> None:
    """E52: statuses, allowed methods and redirects agree, with and without a trailing slash."""
    real_program("prometheus-alertmanager")
    alertmanager = await asyncio.to_thread(Alertmanager, tmp_path, ROUTES, prefix)
    with ended_after(alertmanager):
        await asyncio.to_thread(alertmanager.wait)
        theirs = await asyncio.to_thread(_answers, alertmanager.url, prefix)
    async with served(tmp_path, route_prefix=prefix or "/") as (_, client):
        ours = await asyncio.to_thread(_answers, str(client.make_url("/")), prefix)
    for request_line, answer in theirs.items():
        if "//" in request_line.partition("?")[0]:
            assert answer[0] == 301
            assert ours[request_line] == ours[plain_target(request_line)], request_line
        else:
            assert ours[request_line] == answer, request_line
    assert theirs[f"POST {prefix}/api/v2/alerts/"][0] == 200


def _answers(url: str, prefix: str) -> dict[str, Answer]:
    """Return what a program at `url` answers to each method on each path."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    answers = {}
    targets = [f"{prefix}/api/v2"]
    targets += [f"{prefix}/api/v2/{target.format(path)}" for path in PATHS for target in WRITTEN]
    targets += [target for target in map(plain_target, targets) if target not in targets]
    for target in targets:
        for method in METHODS:
            if method == "DELETE" and UNKNOWN in target:
                continue  # 500 there: see the documented differences
            # http.client sends the path as it is, which this test needs
            body = b"[]" if method in ("POST", "PUT") else None
            connection.request(method, target, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            allowed = answer.getheader("Allow", "")
            answers[f"{method} {target}"] = (
                answer.status,
                answer.getheader("Location"),
                frozenset(allowed.split(",")) - {""},
            )
    connection.close()
    return answers
