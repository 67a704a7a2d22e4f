"""Paths with empty segments, served as the path without them (E52)."""

from pathlib import Path

import pytest

from gateway.web.http.paths import plain_target
from tests.web.conftest import Client
from tests.web.real import served
from tests.web.served import GuardedTestServer
from tests.web.wire import connected, status_of
from tests.web.world import FakeEngine, app_for

ALERTS = b'[{"labels": {"alertname": "DiskFull"}}]'


@pytest.mark.parametrize(
    ("target", "plain"),
    [
        ("/", "/"),
        ("//", "/"),
        ("//api/v2/alerts", "/api/v2/alerts"),
        ("/api///v2//alerts//", "/api/v2/alerts/"),
        ("/a//b?next=//c//d", "/a/b?next=//c//d"),
        ("http://localhost//a", "http://localhost/a"),
        ("/a%2F%2Fb", "/a%2F%2Fb"),
        ("/a//../b", "/a/../b"),
        ("*", "*"),
    ],
)
def test_only_empty_segments_of_the_path_are_dropped(target: str, plain: str) -> None:
    """Empty segments are dropped; the query, escaped slashes and `..` are kept."""
    assert plain_target(target) == plain


@pytest.mark.parametrize(
    "path",
    [
        "//api/v2/alerts",
        "/api//v2/alerts",
        "/api/v2//alerts",
        "///api///v2///alerts//",
        "//webhook//prometheus",
    ],
)
@pytest.mark.parametrize("prefix", ["", "/am", "/am/"])
async def test_alerts_posted_with_empty_segments_are_accepted(
    engine: FakeEngine, path: str, prefix: str
) -> None:
    """A POST with empty segments is accepted, because a 301 would turn it into a GET."""
    if prefix == "/am" and path.startswith("//"):
        path = path[1:]
    server = GuardedTestServer(app_for(engine, route_prefix=prefix or "/"))
    await server.start_server()
    head = "HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
    text = f"POST {prefix}{path} {head}{len(ALERTS)}\r\n\r\n".encode() + ALERTS
    assert await status_of(server, text) == 200
    assert [alert.labels["alertname"] for alert in engine.alerts] == ["DiskFull"]
    await server.close()


@pytest.mark.parametrize("path", ["//api/v2/status", "/api//v2/status", "//api/v1/incidents", "//"])
async def test_empty_segments_do_not_bypass_the_access_checks(tmp_path: Path, path: str) -> None:
    """A path that requires the token requires it with empty segments too."""
    env = {"listen": "0.0.0.0:9095", "external_url": "https://a.example.com"}
    async with served(tmp_path, api_token="test-api-token", **env) as (_, client):
        text = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n".encode()
        assert await status_of(client.server, text + b"\r\n") == 401
        token = b"Authorization: Bearer test-api-token\r\n\r\n"
        assert await status_of(client.server, text + token) == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/../v2/status", 404),
        ("/ack/../api/v2/status", 404),
        ("//healthz/..//api/v2/status", 404),
        ("/api/v2/../v2/status", 301),
        ("/api/v2/x/..//status", 301),
    ],
)
async def test_parent_segments_are_not_found(client: Client, path: str, status: int) -> None:
    """`..` is never followed: 404, and below /api/v2 a redirect as in Alertmanager."""
    async with connected(client.server) as (reader, writer):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    assert b"Location: //" not in head
