"""The contract of channels that send over HTTP: their tests subclass ChannelContract."""

import asyncio
import base64
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.channels.contract import Channel
from gateway.channels.support import client
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import Secret
from tests.channels.delivery_contract import LONG, SHORT, DeliveryContract
from tests.channels.messages import message
from tests.fakes import Behaviour, Fake, FakeWebhook
from tests.fakes.raw import Proxy, Raw, drip, dripping_headers, silent
from tests.fakes.tls import client_context, server_context


class ChannelContract(DeliveryContract):
    """What a channel over HTTP promises besides: statuses, proxies, redirects, endless answers."""

    def make(self, fake: Fake, *, timeout: float = LONG, proxy: Secret | None = None) -> Channel:
        """The channel, talking to the fake; `timeout` for connecting and for the whole call."""
        raise AssertionError("the subclass says")

    @pytest.mark.parametrize(
        ("how", "failure", "perhaps"),
        [
            (Behaviour(status=401, body="no", content_type="text/plain"), "misconfigured", False),
            (Behaviour(status=403, body="no", content_type="text/html"), "misconfigured", False),
            (Behaviour(status=400, body="no", content_type="text/plain"), "bad content", False),
            (Behaviour(status=429, body="slow", content_type="text/html"), "rate limited", False),
            (Behaviour(status=500, body="oh", content_type="text/html"), "server error", True),
            (Behaviour(status=502, body="oh", content_type="text/html"), "server error", True),
            (Behaviour(status=503, body="oh", content_type="text/html"), "server error", False),
            (Behaviour(status=504, body="oh", content_type="text/html"), "server error", True),
            (Behaviour(drop="before"), "connection", True),
            (Behaviour(drop="after"), "connection", True),
        ],
        ids=lambda value: f"{value.status or value.drop}" if isinstance(value, Behaviour) else None,
    )
    async def test_it_says_why_an_attempt_failed(
        self, channel: Channel, fake: Fake, how: Behaviour, failure: str, perhaps: bool
    ) -> None:
        """Each failure has its class, and whether the vendor may have taken the message (E41)."""
        error = await self.fails(channel, fake, how)
        assert (error.failure.value, error.perhaps) == (failure, perhaps)

    async def test_garbage_is_no_success(self, channel: Channel, fake: Fake) -> None:
        """A 200 that is not the vendor's own answer may be anything: perhaps delivered."""
        for kind in ("text/html", "application/json", "text/plain"):
            how = Behaviour(status=200, body="<html>welcome to the hotel", content_type=kind)
            error = await self.fails(channel, fake, how)
            assert (error.failure, error.perhaps) == (Failure.BAD_ANSWER, True), kind

    async def test_a_connection_that_never_becomes_tls_is_given_up(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """E49: a peer that accepts and says nothing is surely not delivered to."""
        # Connecting has a small part of the call, so that it ends first on a busy machine too.
        monkeypatch.setattr(client, "CONNECT_SHARE", SHORT / LONG)
        async with Raw(silent) as peer:
            channel = self.make(_at(peer.url.replace("http", "https")), timeout=LONG)
            with pytest.raises(SendError) as caught:
                await channel.send(message(), self.target, None)
            assert (caught.value.failure, caught.value.perhaps) == (Failure.CONNECTION, False)
            await channel.close()

    async def test_an_endless_header_is_given_up(self) -> None:
        """E49: bytes that keep coming do not move the deadline, and the socket is closed."""
        async with Raw(dripping_headers) as peer:
            channel = self.make(_at(peer.url), timeout=SHORT)
            with pytest.raises(SendError) as caught:
                await channel.send(message(), self.target, None)
            assert caught.value.perhaps
            await channel.close()
            await asyncio.wait_for(peer.hung_up.wait(), LONG)

    async def test_a_huge_answer_is_not_read_whole(self, channel: Channel, fake: Fake) -> None:
        """E49: 30 MB in place of an answer are no success, and are not kept in memory."""
        error = await self.fails(channel, fake, Behaviour(status=200, body="x" * 30_000_000))
        assert (error.failure, error.perhaps) == (Failure.BAD_ANSWER, True)
        assert "larger than 1 MB" in error.detail

    async def test_a_huge_error_is_known_by_its_status(self, channel: Channel, fake: Fake) -> None:
        """E49: its first megabyte is enough."""
        how = Behaviour(status=503, body="x" * 5_000_000, content_type="text/html")
        assert (await self.fails(channel, fake, how)).failure is Failure.SERVER_ERROR

    async def test_a_failed_attempt_logs_nothing_of_the_library(
        self, channel: Channel, fake: Fake, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The gateway's own line says what failed; an error of an SDK would page its watchers."""
        caplog.set_level(logging.INFO)
        for status in (400, 401, 403, 404, 413, 422, 429, 500, 502, 503, 504):
            await self.fails(channel, fake, Behaviour(status=status, json={"message": "no"}))
        await self.fails(channel, fake, Behaviour(drop="after"))
        assert [record.name for record in caplog.records if record.levelno > logging.INFO] == []

    async def test_a_certificate_that_nobody_vouches_for_is_refused(self) -> None:
        """Promise 10: token and message go to the vendor only, and never to who poses as it."""
        fake = await self.vendor().start(tls=server_context())
        channel = self.make(fake)
        with pytest.raises(SendError, match="the certificate is not trusted") as caught:
            await channel.send(message(), self.target, None)
        assert (caught.value.failure, caught.value.perhaps) == (Failure.CONNECTION, False)
        assert fake.received == []
        await channel.close()
        await fake.stop()

    async def test_the_proxy_of_the_account_is_used(self, fake: Fake) -> None:
        """A request to plain HTTP is passed on by the proxy, with the credentials it asks for."""
        async with Proxy(credentials="Basic YW5hOnRlc3Qgd29yZA==") as proxy:
            url = proxy.url.replace("//", "//ana:test%20word@")
            channel = self.make(fake, proxy=Secret(url))
            await channel.send(message(), self.target, None)
            await channel.close()
            assert len(fake.accepted) == 1
            assert proxy.request_lines[0].startswith(f"POST {fake.url}/")
            assert "Proxy-Authorization" not in fake.accepted[0].headers

    @pytest.mark.parametrize("scheme", ["http", "https"])
    async def test_the_proxy_carries_tls_without_reading_it(
        self, monkeypatch: pytest.MonkeyPatch, scheme: str
    ) -> None:
        """A request to HTTPS goes through a tunnel: the proxy sees host and port only."""
        monkeypatch.setattr(client, "_tls", client_context)
        tls = server_context() if scheme == "https" else None
        fake = await self.vendor().start(tls=server_context())
        async with Proxy(credentials="Basic YW5hOnRlc3Q=", tls=tls) as proxy:
            url = proxy.url.replace("//", "//ana:test@")
            channel = self.make(fake, proxy=Secret(url))
            await channel.send(message(), self.target, None)
            assert len(fake.accepted) == 1
            address = fake.url.removeprefix("https://")
            assert proxy.request_lines == [f"CONNECT {address} HTTP/1.1"]
            await channel.close()
        await fake.stop()

    async def test_a_proxy_that_refuses_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """407 is an admin's business; the message was surely not delivered."""
        fake = await self.vendor().start(tls=server_context())
        async with Proxy(credentials="Basic other") as proxy:
            channel = self.make(fake, proxy=Secret(proxy.url))
            with pytest.raises(SendError, match="the proxy answered 407") as caught:
                await channel.send(message(), self.target, None)
            assert (caught.value.failure, caught.value.perhaps) == (Failure.MISCONFIGURED, False)
            await channel.close()
        await fake.stop()

    async def test_a_proxy_that_is_gone_is_surely_not_delivered(self, fake: Fake) -> None:
        """The error says that it is the proxy, and shows no password of its URL."""
        async with Proxy() as proxy:
            url = proxy.url.replace("//", "//ana:test-password@")
        channel = self.make(fake, proxy=Secret(url))
        with pytest.raises(SendError, match="cannot connect to the proxy") as caught:
            await channel.send(message(), self.target, None)
        assert (caught.value.failure, caught.value.perhaps) == (Failure.CONNECTION, False)
        assert "test-password" not in f"{caught.value!r} {vars(caught.value)} {vars(channel)}"
        assert fake.received == []
        await channel.close()

    async def test_a_dripping_proxy_is_given_up(self) -> None:
        """E49: the answer to CONNECT has the deadline of connecting."""

        async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 Connected\r\nX-Long: ")
            await drip(writer)

        async with Raw(endless) as proxy:
            at = _at("https://127.0.0.1:9")
            channel = self.make(at, timeout=SHORT, proxy=Secret(proxy.url))
            with pytest.raises(SendError) as caught:
                await channel.send(message(), self.target, None)
            assert caught.value.perhaps is False
            await channel.close()

    async def test_proxies_and_credentials_of_the_environment_are_not_used(
        self, fake: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """requests and slack_sdk would send through HTTPS_PROXY, or add a password of .netrc."""
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
            monkeypatch.setenv(name.lower(), "http://127.0.0.1:1")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login eve password test-netrc\n")
        monkeypatch.setenv("NETRC", str(netrc))
        channel = self.make(fake)
        await channel.send(message(), self.target, None)
        assert len(fake.accepted) == 1
        of_netrc = base64.b64encode(b"eve:test-netrc").decode()
        assert of_netrc not in fake.accepted[0].headers.get("Authorization", "")
        await channel.close()

    async def test_no_proxy_of_the_environment_does_not_lead_past_the_accounts(
        self, fake: Fake, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """NO_PROXY would let requests out directly, where a firewall stops them."""
        monkeypatch.setenv("NO_PROXY", "*")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        async with Proxy() as proxy:
            channel = self.make(fake, proxy=Secret(proxy.url))
            await channel.send(message(), self.target, None)
            assert len(proxy.request_lines) == 1
            await channel.close()

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ("7", 7.0),
            ("0", 0.0),
            ("86400000", 3600.0),
            ("soon", None),
            ("-5", None),
            ("nan", None),
            ("Fri, 20 Nov 2026 03:01:30 GMT", 90.0),
        ],
    )
    async def test_retry_after_is_passed_on(
        self, channel: Channel, fake: Fake, header: str, seconds: float | None
    ) -> None:
        """E11: what the vendor asks for reaches the outbox, however it is written."""
        date = "Fri, 20 Nov 2026 03:00:00 GMT"
        how = Behaviour(
            status=429,
            body="slow",
            content_type="text/html",
            headers={"Retry-After": header, "Date": date},
        )
        error = await self.fails(channel, fake, how)
        assert error.failure is Failure.RATE_LIMITED
        assert error.retry_after == seconds

    async def test_redirects_are_not_followed(self, channel: Channel, fake: Fake) -> None:
        """A redirect, which would send message and credentials to another host, is refused."""
        async with FakeWebhook() as stranger:
            for status in (301, 302, 307, 308):
                how = Behaviour(
                    status=status, body="", headers={"Location": f"{stranger.url}/taken"}
                )
                error = await self.fails(channel, fake, how)
                assert error.failure is Failure.MISCONFIGURED
            assert stranger.received == []

    async def test_the_secret_stays_out_of_logs_and_reprs(
        self, fake: Fake, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Promise 10, with every logger at its most talkative."""
        caplog.set_level(logging.DEBUG)
        channel = self.make(fake)
        await channel.send(message(), self.target, None)
        echo = f"you sent {self.secret} to us"
        for status in (400, 401, 422, 429, 500):
            how = Behaviour(status=status, body=echo, content_type="text/plain")
            await self.fails(channel, fake, how)
        await channel.close()
        assert self.secret not in repr(channel)
        assert self.secret not in str(vars(channel))
        assert self.secret not in caplog.text


def _at(url: str) -> Fake:
    """A fake that is only an address."""
    return cast(Fake, SimpleNamespace(url=url))


def all_texts(content: Any) -> list[str]:
    """Every text in a JSON value, keys included."""
    if isinstance(content, str):
        return [content]
    if isinstance(content, dict):
        return [text for k, v in content.items() for text in (k, *all_texts(v))]
    if isinstance(content, list):
        return [text for item in content for text in all_texts(item)]
    return []
