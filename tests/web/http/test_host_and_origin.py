"""Host and Origin checks against DNS rebinding and pages of other sites."""

from pathlib import Path

import pytest

from tests.flow.world import alert
from tests.web.real import served, token
from tests.web.wire import status_of

EVIL = {"Host": "evil.example:9095"}
TOKEN = {"Authorization": "Bearer test-api-token"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/api/v1/incidents"),
        ("GET", "/api/v2/alerts"),
        ("GET", "/silences"),
        ("POST", "/-/reload"),
        ("POST", "/api/v1/incidents/1001/ack"),
        ("POST", "/api/v2/silences"),
        ("DELETE", "/api/v2/silence/5d2c3fcd-a0a0-4c1c-b9a2-9c2f9f9f9f9f"),
        ("POST", "/webhook/alertmanager"),
        ("POST", "/api/v2/alerts"),
    ],
)
async def test_open_loopback_gateway_refuses_a_rebound_name(
    tmp_path: Path, method: str, path: str
) -> None:
    """A foreign page whose name resolves to 127.0.0.1 reads and changes nothing."""
    async with served(tmp_path) as (_, client):
        answer = await client.request(method, path, headers=EVIL, json=[])
        text = await answer.text()
        assert answer.status == 421, text
        for secret in ("alertname", "incidents"):
            assert secret not in text


async def test_refused_host_names_the_setting_that_allows_it(tmp_path: Path) -> None:
    """The 421 names the setting that allows the host, and the setting allows it."""
    async with served(tmp_path) as (_, client):
        answer = await client.get("/api/v1/incidents", headers=EVIL)
        assert "GATEWAY_ALLOWED_HOSTS=evil.example" in await answer.text()
    async with served(tmp_path, allowed_hosts="evil.example") as (_, client):
        assert (await client.get("/api/v1/incidents", headers=EVIL)).status == 200
    async with served(tmp_path, external_url="https://evil.example") as (_, client):
        assert (await client.get("/api/v1/incidents", headers=EVIL)).status == 200


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:19", "127.0.0.1:9095", "[::1]:9095", "10.244.0.7", "gateway"]
)
async def test_host_that_cannot_be_rebound_needs_no_setting(tmp_path: Path, host: str) -> None:
    """Mapped ports, IP addresses and names within a network are accepted without a setting."""
    async with served(tmp_path) as (_, client):
        assert (await client.get("/api/v1/incidents", headers={"Host": host})).status == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/-/healthy", "/-/ready", "/metrics"])
async def test_health_accepts_every_host(tmp_path: Path, path: str) -> None:
    """Orchestrators and Prometheus may use any host name, because no alert is shown."""
    async with served(tmp_path) as (_, client):
        assert (await client.get(path, headers=EVIL)).status == 200


async def test_valid_token_overrides_host_and_origin(tmp_path: Path) -> None:
    """E53: with a valid token the Host and Origin of proxies are accepted."""
    foreign = {**EVIL, "Origin": "https://karma.example.com", "Sec-Fetch-Site": "cross-site"}
    async with served(tmp_path, api_token="test-api-token") as (_, client):
        answer = await client.post("/-/reload", headers={**foreign, **TOKEN})
        assert answer.status == 200
        assert (await client.post("/-/reload", headers=foreign)).status == 401
        assert (await client.get("/api/v1/incidents", headers={**EVIL, **TOKEN})).status == 200
        assert (await client.get("/api/v1/incidents", headers=EVIL)).status == 421


async def test_public_reads_refuse_unknown_hosts(tmp_path: Path) -> None:
    """Public reads are refused to a foreign page in somebody's browser."""
    env = {"listen": "0.0.0.0:9095", "public_reads": "1", "external_url": "https://a.example.com"}
    async with served(tmp_path, **env) as (_, client):
        assert (await client.get("/api/v1/incidents", headers=EVIL)).status == 421
        assert (await client.get("/", headers={"Host": "a.example.com"})).status == 200


async def test_signed_link_accepts_every_host(tmp_path: Path) -> None:
    """A signed link is its own proof and works behind a proxy of another name."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("DiskFull"))
        await world.advance(60)
        assert (await client.get(f"/ack/{token(world)}", headers=EVIL)).status == 200


@pytest.mark.parametrize("host", ["[", "a b", "ana@localhost", "localhost:x", "http://localhost"])
async def test_malformed_host_is_400(tmp_path: Path, host: str) -> None:
    """A malformed Host answers 400, never 500."""
    async with served(tmp_path) as (_, client):
        assert (await client.get("/api/v1/incidents", headers={"Host": host})).status == 400


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "https://evil.example"])
async def test_malformed_origin_is_refused_as_foreign(tmp_path: Path, origin: str) -> None:
    """An Origin that is not a URL is refused like a foreign one, by pages and API."""
    async with served(tmp_path) as (world, client):
        path = f"/ack/{token(world)}"
        for target in (path, f"{path}/undo", f"{path}/silence", f"{path}/silence/end", "/-/reload"):
            answer = await client.post(target, headers={"Origin": origin}, data={"person": "ana"})
            assert answer.status == 403, target


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "multipart/form-data"}, b"x", 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"--x\r\nbroken", 415),
        ({"Content-Type": "application/x-www-form-urlencoded; charset=nope"}, b"person=%ff", 422),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"\xff\x00&&=%zz", 422),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a&" * 100, 400),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a" * 70_000, 413),
        ({"Content-Type": "\xff/\xfe"}, b"person=ana", 415),
    ],
)
async def test_malformed_form_is_4xx(
    tmp_path: Path, headers: dict[str, str], body: bytes, status: int
) -> None:
    """A malformed form answers 4xx with a page, never 500."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("DiskFull"))
        await world.advance(60)
        for below in ("", "/undo", "/silence"):
            path = f"/ack/{token(world, person='')}{below}"
            answer = await client.post(path, data=body, headers=headers)
            assert answer.status == status, (below, await answer.text())


@pytest.mark.parametrize(
    ("expected", "status"),
    [
        (b"GET /api/v2/status HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400),
        (b"GET http://evil.example/api/v2/status HTTP/1.1\r\nHost: localhost\r\n\r\n", 421),
        (b"GET http://localhost/api/v2/status HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
        (b"GET /api/v2/status HTTP/1.1\r\n\r\n", 400),
        (b"GET /api/v2/status HTTP/1.0\r\n\r\n", 200),
    ],
    ids=["two hosts", "absolute, foreign", "absolute, own", "1.1 without", "1.0 without"],
)
async def test_host_is_read_as_http_specifies(tmp_path: Path, expected: bytes, status: int) -> None:
    """RFC 9112, 3.2: one Host, an absolute target counts, and HTTP/1.0 may omit it."""
    async with served(tmp_path) as (_, client):
        assert await status_of(client.server, expected) == status
