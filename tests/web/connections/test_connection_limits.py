"""Connection limits: foreign connections never keep alerts out (E54)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from gateway.metrics import Metrics
from gateway.web.connections.descriptors import RESERVED, capacity_for
from gateway.web.connections.guard import Guard, Limits, Phase
from gateway.web.connections.protocol import LARGEST_HEAD
from tests.web.served import GuardedTestServer
from tests.web.wire import connected, status_of
from tests.web.world import FakeEngine, app_for

CLOSED = "gateway_http_connections_closed_total"
MALFORMED = {"kind": "malformed"}


@dataclass(eq=False)
class Fake:
    """A connection whose phase is set by the test."""

    client: str
    since: float = 0.0
    phase: Phase = Phase.IDLE
    head_since: float | None = None
    closed: bool = field(default=False, init=False)

    def abort(self) -> None:
        self.closed = True


class Clock:
    time = 0.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guarded(clock: Clock) -> Callable[..., tuple[Guard, Metrics]]:
    def make(**limits: float) -> tuple[Guard, Metrics]:
        metrics = Metrics()
        arguments = Limits(**limits)  # type: ignore[arg-type]
        return Guard(arguments, metrics, lambda: clock.time), metrics

    return make


Make = Callable[..., tuple[Guard, Metrics]]


def closed_count(metrics: Metrics, reason: str) -> float:
    return metrics.registry.get_sample_value(CLOSED, {"reason": reason}) or 0.0


def test_client_over_its_limit_loses_its_oldest_idle_connections(guarded: Make) -> None:
    """Of 1,100 idle connections of one address its oldest are closed, and no other client's."""
    guard, metrics = guarded(connections=1024, per_client=256)
    sender = Fake("10.0.0.1")
    assert guard.admit(sender)
    strangers = [Fake("192.0.2.7", since=1.0 + number) for number in range(1100)]
    assert all(guard.admit(one) for one in strangers)
    assert not sender.closed
    assert strangers[0].closed
    assert not strangers[-1].closed
    assert len(guard) <= 257
    assert closed_count(metrics, "limit") == sum(one.closed for one in strangers)


def test_full_guard_admits_one_more_connection(guarded: Make) -> None:
    """With the total limit reached by many addresses, a new connection is still admitted."""
    guard, _ = guarded(connections=100, per_client=50)
    for number in range(1000):
        assert guard.admit(Fake(f"192.0.2.{number}", since=float(number)))
    assert guard.admit(Fake("10.0.0.1", since=1000.0))
    assert len(guard) <= 100


def test_client_with_most_connections_loses_one(guarded: Make) -> None:
    """A full guard closes a connection of the client with the most, not a sender's only one."""
    guard, _ = guarded(connections=60, per_client=0)
    sender = Fake("10.0.0.1", since=0.0)
    assert guard.admit(sender)
    for number in range(500):
        assert guard.admit(Fake("192.0.2.7", since=1.0 + number))
    assert not sender.closed


def test_full_guard_closes_idle_then_body_then_blocked_connections(guarded: Make) -> None:
    """Idle connections are closed first, then slow bodies, then slow readers; working ones stay."""
    guard, metrics = guarded(connections=4, per_client=0)
    working = Fake("a", phase=Phase.WORKING)
    blocked, body, idle = Fake("a", phase=Phase.BLOCKED), Fake("a", phase=Phase.BODY), Fake("a")
    for one in (working, blocked, body, idle):
        assert guard.admit(one)
    for victim in (idle, body, blocked):
        assert guard.admit(Fake("b", phase=Phase.WORKING))
        assert victim.closed
    assert not guard.admit(Fake("b"))
    assert not working.closed
    assert closed_count(metrics, "refused") == 1


def test_limit_of_zero_lets_one_address_use_all_connections(guarded: Make) -> None:
    """A limit of 0 per client permits a reverse proxy, whose connections have one address."""
    guard, _ = guarded(connections=1000, per_client=0)
    proxied = [Fake("10.0.0.1", phase=Phase.WORKING) for _ in range(1000)]
    assert all(guard.admit(one) for one in proxied)


@pytest.mark.parametrize(
    ("connection", "seconds", "reason"),
    [
        (Fake("a", head_since=0.0), 10.0, "head_timeout"),
        (Fake("a", phase=Phase.BODY), 90.0, "body_timeout"),
        (Fake("a", phase=Phase.BLOCKED), 60.0, "answer_not_taken"),
    ],
    ids=["head", "body", "answer"],
)
def test_slow_connection_is_closed_after_its_timeout(
    guarded: Make, clock: Clock, connection: Fake, seconds: float, reason: str
) -> None:
    """Heads, bodies and unread answers have timeouts, after which the connection is closed."""
    guard, metrics = guarded()
    assert guard.admit(connection)
    clock.time = seconds
    guard.sweep()
    assert not connection.closed
    clock.time = seconds + 0.1
    guard.sweep()
    assert connection.closed
    assert closed_count(metrics, reason) == 1
    assert len(guard) == 0


def test_idle_keep_alive_connection_is_not_closed(guarded: Make, clock: Clock) -> None:
    """The guard leaves idle connections open, because senders keep them between two posts."""
    guard, _ = guarded()
    sender = Fake("a")
    assert guard.admit(sender)
    clock.time = 600.0
    guard.sweep()
    assert not sender.closed


def test_capacity_reserves_descriptors_for_sending() -> None:
    """Under any limit on open files, some stay free for sending and for the database."""
    for descriptors in (512, 1024, 2048, 4096, 1_048_576):
        capacity = capacity_for(1024, descriptors)
        assert capacity.connections + capacity.backlog + RESERVED <= max(descriptors, RESERVED + 40)
        assert capacity.connections > 16
    assert capacity_for(1024, 4096).connections == 1024


@pytest.fixture
async def server(engine: FakeEngine) -> AsyncIterator[GuardedTestServer]:
    """Start a real server that accepts four connections, three of one client."""
    server = GuardedTestServer(app_for(engine))
    server.limits = Limits(connections=4, per_client=3)
    await server.start_server()
    yield server
    await server.close()


HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /healthz HTT",
        HEALTH,
        b"POST /webhook/alertmanager HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
    ],
    ids=["nothing", "half a head", "a whole request", "half a body"],
)
async def test_full_server_answers_the_next_client(server: GuardedTestServer, sent: bytes) -> None:
    """E54: in any phase the oldest connection is closed and the new one is served."""
    async with (
        connected(server) as (first, one),
        connected(server) as (_, two),
        connected(server) as (_, three),
    ):
        for writer in (one, two, three):
            writer.write(sent)
            await writer.drain()
        assert await status_of(server, HEALTH) == 200
        with_answer = await asyncio.wait_for(_rest_of(first), 5)
        assert with_answer.startswith(b"HTTP/1.1 200") is (sent == HEALTH)


async def _rest_of(reader: asyncio.StreamReader) -> bytes:
    """Return what arrives until the server closes the connection."""
    try:
        return await reader.read(-1)
    except ConnectionResetError:
        return b""


async def test_endless_head_is_cut_off(server: GuardedTestServer, engine: FakeEngine) -> None:
    """The size of a head is bounded as a whole, not only line by line."""
    async with connected(server) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\n")
        line = b"X: " + b"a" * 8000 + b"\r\n"
        try:
            for _ in range(2 * LARGEST_HEAD // len(line)):
                writer.write(line)
                await writer.drain()
        except ConnectionError:
            pass
        assert await asyncio.wait_for(_rest_of(reader), 5) == b""
    assert _malformed_count(engine) == 1


def _malformed_count(engine: FakeEngine) -> float | None:
    return engine.metrics.registry.get_sample_value("gateway_http_refused_total", MALFORMED)


SECRET = b"test-token-that-must-not-be-logged"


@pytest.mark.parametrize(
    "sent",
    [
        SECRET + b"\r\n\r\n",
        b"GET / HTTP/9.9 " + SECRET + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nAuthorization " + SECRET + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + SECRET + b"\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + SECRET * 300 + b"\r\n\r\n",
        b"GET /" + SECRET * 300 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + SECRET + b"\r\n\r\n",
        b"POST /webhook/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n" + SECRET + b"\r\n",
        b"POST /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcdeZ"
        + SECRET
        + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + SECRET,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SECRET,
    ],
)
async def test_malformed_http_logs_one_short_line(
    server: GuardedTestServer, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Promise 10: a malformed request logs no traceback and none of its bytes, and gets 4xx."""
    caplog.set_level(logging.INFO)
    async with connected(server) as (reader, writer):
        writer.write(sent)
        writer.write_eof()
        answer = await asyncio.wait_for(_rest_of(reader), 5)
    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")) or not answer, answer
    assert SECRET not in answer
    assert SECRET.decode() not in caplog.text
    assert not any(record.exc_info for record in caplog.records)
    assert not any(record.levelno >= logging.ERROR for record in caplog.records)
    assert len(caplog.records) <= 1


async def test_flood_of_malformed_requests_is_counted_and_rarely_logged(
    server: GuardedTestServer, engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    """Every malformed request is counted, and only a few are logged."""
    for _ in range(50):
        assert await status_of(server, b"nonsense\r\n\r\n") == 400
    assert _malformed_count(engine) == 50
    assert len(caplog.records) <= 10


@pytest.mark.parametrize("expect", [b"\xff\xfe", b"Bearer \xe9", b"unknown"])
async def test_unknown_expectation_is_417(
    server: GuardedTestServer, expect: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """RFC 9110, 10.1.1: an unknown expectation, in any bytes, is the client's fault."""
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nExpect: " + expect + b"\r\n\r\n"
    assert await status_of(server, request) == 417
    assert not caplog.records


async def test_pipelined_requests_are_answered_in_order(server: GuardedTestServer) -> None:
    """Several requests at once on one connection are legitimate and answered in order."""
    async with connected(server) as (reader, writer):
        writer.write(HEALTH * 5)
        for _ in range(5):
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            await reader.readexactly(length)


async def test_connection_has_its_phase_and_client(server: GuardedTestServer) -> None:
    """A connection that was answered is idle, and has the address of its client."""
    assert isinstance(server.runner, web.AppRunner)
    assert server.runner.server is not None
    async with connected(server) as (reader, writer):
        writer.write(HEALTH)
        await reader.readuntil(b"}")
        (connection,) = server.runner.server.connections
        assert connection.phase is Phase.IDLE  # type: ignore[attr-defined]
        assert connection.head_since is None  # type: ignore[attr-defined]
        assert connection.client == "127.0.0.1"  # type: ignore[attr-defined]
