"""Refused requests: their counts and log lines, and the delay of repeated guesses."""

import logging
from pathlib import Path

import pytest

from gateway.web.http.failed_proofs import (
    FORGOTTEN_EVERY,
    FREE,
    LONGEST_WAIT,
    MOST_ADDRESSES,
    FailedProofs,
    client_of,
)
from gateway.web.http.refusals import LINES, PERIOD, RefusalKind, Refusals
from tests.web.conftest import Client
from tests.web.real import served, token
from tests.web.test_operating import samples
from tests.web.world import FakeEngine

KINDS = "gateway_http_refused_total"


def test_repeated_guesses_wait_longer_by_address() -> None:
    """The first failures of an address are free, and later ones wait longer, up to a bound."""
    guessing = FailedProofs()
    waits = [guessing.failed("10.0.0.7", 0.0) for _ in range(FREE + 20)]
    assert waits[:FREE] == [0.0] * FREE
    assert waits[FREE:] == sorted(waits[FREE:])
    assert waits[FREE] > 0.0
    assert waits[-1] == LONGEST_WAIT
    assert guessing.failed("10.0.0.8", 0.0) == 0.0


def test_failures_expire() -> None:
    """A client that stops guessing is answered without delay after the failures expire."""
    guessing = FailedProofs()
    for _ in range(100):
        guessing.failed("10.0.0.7", 0.0)
    assert guessing.failed("10.0.0.7", (FREE + 10) * FORGOTTEN_EVERY) == 0.0


def test_failures_of_many_addresses_are_bounded() -> None:
    """Failures of any number of addresses take bounded memory, and the oldest are dropped."""
    guessing = FailedProofs()
    for number in range(3 * MOST_ADDRESSES):
        guessing.failed(f"client {number}", float(number))
    assert len(guessing) == MOST_ADDRESSES


@pytest.mark.parametrize(
    ("peer", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::1"),
        ("", ""),
    ],
)
def test_client_is_an_address_or_an_ipv6_network(peer: str, client: str) -> None:
    """A /64 counts as one client, because it has 2^64 addresses."""
    assert client_of(peer) == client


def test_log_lines_are_limited_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    """A flood writes a few lines in each period, and the next line counts the omitted ones."""
    counted: list[str] = []
    refusals = Refusals(counted.append)
    for _ in range(1000):
        refusals.note(RefusalKind.SOURCE, "192.0.2.7", "wrong credentials", 5.0)
    assert len(caplog.records) == LINES
    refusals.note(RefusalKind.FORGED_LINK, "192.0.2.7", "forged link", 5.0)
    assert len(caplog.records) == LINES + 1  # another kind is not drowned
    refusals.note(RefusalKind.SOURCE, "192.0.2.7", "wrong credentials", 5.0 + PERIOD)
    assert caplog.records[-1].__dict__["left_out"] == 1000 - LINES
    assert caplog.records[-1].__dict__["address"] == "192.0.2.7"
    assert len(counted) == 1002


async def test_only_failing_guesses_wait() -> None:
    """Only failed guesses wait; a valid sender behind the same proxy is never delayed."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    refusals = Refusals(lambda _: None)
    refusals.sleep = sleep
    for _ in range(FREE + 3):
        await refusals.slow_down(RefusalKind.SOURCE, "192.0.2.7", 0.0)
    assert len(slept) == 3
    await refusals.slow_down(RefusalKind.EXPIRED_LINK, "192.0.2.7", 0.0)
    await refusals.slow_down(RefusalKind.SOURCE, "192.0.2.8", 0.0)
    assert len(slept) == 3


async def test_every_failed_proof_is_counted_by_kind(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """E19: wrong tokens and invalid links add to a metric and log a line with the address."""
    caplog.set_level(logging.WARNING, "gateway.web.http.refusals")
    env = {"listen": "0.0.0.0:9095", "external_url": "https://alerts.example.com"}
    async with served(tmp_path, api_token="test-api-token", **env) as (world, client):
        wrong_token = {"Authorization": "Bearer test-wrong-guess"}
        assert (await client.get("/api/v1/incidents", headers=wrong_token)).status == 401
        assert (await client.get("/api/v1/incidents")).status == 401
        assert (await client.get(f"/ack/{token(world)}x")).status == 404
        assert (await client.get(f"/ack/{token(world, lifetime=-1.0)}")).status == 410
        foreign = {"Sec-Fetch-Site": "cross-site"}
        assert (await client.post(f"/ack/{token(world)}", headers=foreign)).status == 403
        matches = await samples(client)
    for kind in ("api_token", "no_token", "forged_link", "expired_link", "origin"):
        assert matches[f'{KINDS}{{kind="{kind}"}}'] == 1, kind
    assert len(caplog.records) == 4  # a browser's first request without a token is no event
    assert all(record.__dict__["address"] == "127.0.0.1" for record in caplog.records)
    assert "test-wrong-guess" not in caplog.text


async def test_wrong_credentials_of_a_source_are_counted(
    client: Client, engine: FakeEngine
) -> None:
    """Wrong bearer, basic and signature credentials of a source count as one kind."""
    for source, headers in (
        ("bearer", {"Authorization": "Bearer test-wrong"}),
        ("basic", {"Authorization": "Basic eDp5"}),
        ("signed", {"X-Signature": "00" * 32}),
    ):
        answer = await client.post(f"/webhook/{source}", json={}, headers=headers)
        assert answer.status == 401
    assert engine.metrics.registry.get_sample_value(KINDS, {"kind": "source"}) == 3
