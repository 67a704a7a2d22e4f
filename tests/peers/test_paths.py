"""The paths of the API v2, however they are written, are answered as by a real Alertmanager.

One difference is documented: it redirects a path with `//` in it, and we take the path meant.
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
async def test_every_path_is_answered_alike(prefix: str, tmp_path: Path) -> None:
    """E52: statuses, methods allowed and redirects; with and without a slash at the end."""
    real_program("prometheus-alertmanager")
    alertmanager = await asyncio.to_thread(Alertmanager, tmp_path, ROUTES, prefix)
    with ended_after(alertmanager):
        await asyncio.to_thread(alertmanager.wait)
        theirs = await asyncio.to_thread(_answers, alertmanager.url, prefix)
    async with served(tmp_path, route_prefix=prefix or "/") as (_, client):
        ours = await asyncio.to_thread(_answers, str(client.make_url("/")), prefix)
    for asked, answer in theirs.items():
        if "//" in asked.partition("?")[0]:
            assert answer[0] == 301
            assert ours[asked] == ours[plain_target(asked)], asked
        else:
            assert ours[asked] == answer, asked
    assert theirs[f"POST {prefix}/api/v2/alerts/"][0] == 200


def _answers(url: str, prefix: str) -> dict[str, Answer]:
    """What a program at `url` answers to each method on each path."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=10)
    found = {}
    ways = [f"{prefix}/api/v2"]
    ways += [f"{prefix}/api/v2/{way.format(path)}" for path in PATHS for way in WRITTEN]
    ways += [way for way in map(plain_target, ways) if way not in ways]
    for way in ways:
        for method in METHODS:
            if method == "DELETE" and UNKNOWN in way:
                continue  # 500 there: see the documented differences
            # http.client would send the path as it is, which is the point
            body = b"[]" if method in ("POST", "PUT") else None
            connection.request(method, way, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            allowed = answer.getheader("Allow", "")
            found[f"{method} {way}"] = (
                answer.status,
                answer.getheader("Location"),
                frozenset(allowed.split(",")) - {""},
            )
    connection.close()
    return found
