"""Signed posts: right, wrong, missing, late, over another body, and under each header's name."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from gateway.core.plan.accounts import Secret, SourceSettings
from gateway.core.plan.source_types import SOURCE_SPECS
from tests.web.conftest import Client
from tests.web.ingest.signing import KEY, hex_hmac
from tests.web.served import GuardedTestServer
from tests.web.world import NOW, FakeEngine, app_for

BODY = b'{"alerts": [{"labels": {"alertname": "A"}}]}'
SPEC = SOURCE_SPECS["grafana"]
TIME = "X-Grafana-Alerting-Timestamp"
SIGNATURE = SPEC.hmac_headers[0]
SOURCES = {
    "plain": SourceSettings(
        "plain", "grafana", hmac=(Secret(KEY),), hmac_headers=SPEC.hmac_headers
    ),
    "timed": SourceSettings(
        "timed",
        "grafana",
        hmac=(Secret("test-older"), Secret(KEY)),
        hmac_headers=SPEC.hmac_headers,
        hmac_timestamp_header=TIME,
    ),
    "url": SourceSettings("url", "grafana", url_token=(Secret("test-old"), Secret("test-token"))),
}


@pytest.fixture
async def client(
    engine: FakeEngine, aiohttp_client: Callable[..., Awaitable[TestClient[Any, Any]]]
) -> Client:
    engine.sources = dict(SOURCES)
    server = GuardedTestServer(app_for(engine))
    await server.start_server()
    return await aiohttp_client(server)


async def post(client: Client, path: str, body: bytes = BODY, **headers: str) -> int:
    sent = {
        "Content-Type": "application/json",
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    return (await client.post(f"/webhook/{path}", data=body, headers=sent)).status


@pytest.mark.parametrize("header", SPEC.hmac_headers)
async def test_signature_is_accepted_under_each_name(client: Client, header: str) -> None:
    """Grafana's documentation and code name different headers: both are accepted."""
    assert await post(client, "plain", **{header: hex_hmac(BODY)}) == 200


@pytest.mark.parametrize(
    "signature", [hex_hmac(BODY, "test-wrong"), hex_hmac(BODY + b" "), "00", "", "ä" * 64]
)
async def test_wrong_signature_is_refused(
    client: Client, engine: FakeEngine, signature: str
) -> None:
    """Another key, another body and malformed digits are 401, and nothing is stored."""
    assert await post(client, "plain", **{SIGNATURE: signature}) == 401
    assert engine.alerts == []


async def test_missing_signature_is_refused(client: Client) -> None:
    """Without a signature a signed source answers 401."""
    assert await post(client, "plain") == 401
    assert await post(client, "timed", **{TIME: str(int(NOW))}) == 401


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(0, 200), (-299, 200), (299, 200), (-301, 401), (301, 401), (-86_400, 401)],
)
async def test_signed_time_must_be_recent(client: Client, seconds: int, status: int) -> None:
    """A time that is signed with the body may be five minutes off, in both directions."""
    time = str(int(NOW) + seconds)
    headers = {TIME: time, SIGNATURE: hex_hmac(BODY, prefix=f"{time}:")}
    assert await post(client, "timed", **headers) == status


@pytest.mark.parametrize("time", ["", "soon", "-1", "9" * 5000, "١٧٩٥٢٢٢٨٠٠", f"{NOW:.1f}"])
async def test_malformed_time_is_refused(client: Client, time: str) -> None:
    """A time that is no whole number of seconds is 401, even if it is signed."""
    headers = {TIME: time, SIGNATURE: hex_hmac(BODY, prefix=f"{time}:")}
    assert await post(client, "timed", **headers) == 401


async def test_time_cannot_be_exchanged(client: Client) -> None:
    """A recorded post with a newer time is refused, because the time is part of what is signed."""
    old, new = str(int(NOW) - 3600), str(int(NOW))
    headers = {TIME: new, SIGNATURE: hex_hmac(BODY, prefix=f"{old}:")}
    assert await post(client, "timed", **headers) == 401


async def test_signature_over_the_body_alone_is_refused_by_a_timed_source(client: Client) -> None:
    """Where a time must be signed, a signature over the body alone is refused."""
    headers = {TIME: str(int(NOW)), SIGNATURE: hex_hmac(BODY)}
    assert await post(client, "timed", **headers) == 401
    assert await post(client, "timed", **{SIGNATURE: hex_hmac(BODY)}) == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("url/test-token", 200),
        ("url/test-old", 200),
        ("url/test-wrong", 401),
        ("url/t%C3%A4st", 401),
        ("url", 401),
        ("plain/test-token", 401),
    ],
)
async def test_token_in_the_path_authenticates_the_sender(
    client: Client, engine: FakeEngine, path: str, status: int
) -> None:
    """A sender without headers is authenticated by the last part of the path, and only there."""
    assert await post(client, path) == status
    assert "test-" not in repr(engine.rejected)


async def test_put_is_accepted_like_post(client: Client) -> None:
    """Grafana can be set to PUT."""
    headers = {"Content-Type": "application/json"}
    assert (await client.put("/webhook/url/test-token", data=BODY, headers=headers)).status == 200
