"""Webhooks never connect to private addresses, in any notation."""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

import pytest

from gateway.channels.support.private_addresses import is_public
from gateway.channels.support.special_addresses import IPV4, IPV6, Row
from gateway.channels.webhook.channel import Webhook
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import Secret
from gateway.core.plan.plan import Target
from tests.channels.messages import message
from tests.fakes import Behaviour, FakeWebhook

ROWS = IPV4 + IPV6
MAPPED = "::ffff:0:0/96"
"""Contains IPv4 addresses, which are judged one by one."""
NAT64 = "64:ff9b::/96"
NEAREST = (
    "192.0.0.9/32",
    "192.0.0.10/32",
    "2001:1::1/128",
    "2001:1::2/128",
    "2001:1::3/128",
)
"""Anycast that the own network's router answers."""


def _own(row: Row) -> Iterator[str]:
    """The first, the middle and the last address of a block that no smaller block holds."""
    block = ip_network(row.block)
    smaller: list[IPv4Network | IPv6Network] = [
        one
        for one in map(ip_network, (other.block for other in ROWS))
        if one.version == block.version and one != block and one.prefixlen > block.prefixlen
    ]
    first, last = int(block.network_address), int(block.broadcast_address)
    for number in sorted({first, (first + last) // 2, last}):
        address = type(block.network_address)(number)
        if not any(address in one for one in smaller):
            yield str(address)


def test_registries_are_complete() -> None:
    """As many rows as IANA lists, none twice."""
    assert (len(IPV4), len(IPV6)) == (26, 25)
    assert len({row.block for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.block not in (MAPPED, NAT64)], ids=lambda row: row.block
)
def test_row_of_the_registry_is_public_only_where_it_says_globally_reachable(row: Row) -> None:
    """The most specific row decides; neither N/A nor the nearest router is the internet."""
    public = row.reachable is True and row.block not in NEAREST
    for address in _own(row):
        assert is_public(address) is public, address


@pytest.mark.parametrize("prefix", ["::ffff:", "64:ff9b::"])
@pytest.mark.parametrize("row", IPV4, ids=lambda row: row.block)
def test_ipv4_inside_of_ipv6_is_as_public_as_by_itself(row: Row, prefix: str) -> None:
    """Mapped addresses and NAT64 lead to the IPv4 address that they hold."""
    for address in _own(row):
        assert is_public(f"{prefix}{address}") is is_public(address)


@pytest.mark.parametrize("prefix", ["2606:4700::", "2a00:1450:4001:1:"])
@pytest.mark.parametrize("interface", ["0:5efe:", "200:5efe:"])
def test_isatap_interface_with_a_private_address_is_refused(prefix: str, interface: str) -> None:
    """Under any prefix the last bits are where an ISATAP router sends the packet."""
    network = prefix.rstrip(":") + (":0:0:" if prefix.endswith("::") else ":")
    for inner, public in (("10.0.0.1", False), ("127.0.0.1", False), ("1.1.1.1", True)):
        assert is_public(f"{network}{interface}{inner}") is public


@pytest.mark.parametrize(
    "address",
    [
        "fec0::1",
        "feff:ffff::1",
        "::10.0.0.1",
        "::8.8.8.8",
        "::ffff:0:10.0.0.1",
        "64:ff9b:1::808:808",
        "2002:808:808::1",
        "2001:0:808:808::1",
        "4000::1",
        "1::1",
        "ff02::1",
        "ff0e::1",
        "224.0.0.1",
        "239.255.255.255",
        "fe80::1%eth0",
        "2606:4700::1111%eth0",
        "example.com",
        "127.1",
        "",
    ],
)
def test_address_outside_of_the_internet_is_refused(address: str) -> None:
    """Site-local, IPv4-compatible, tunnels, multicast, not assigned, not an address."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::1.1.1.1"]
)
def test_address_of_the_internet_is_public(address: str) -> None:
    """The internet can be reached, also from a network that has only NAT64."""
    assert is_public(address)


async def test_name_that_turns_private_between_lookups_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rebinding: the address that is connected to is the one that is judged."""
    async with FakeWebhook() as inside:
        port = int(inside.url.rpartition(":")[2])
        lookups: list[str] = []

        def look_up(host: str, *rest: Any, **more: Any) -> Any:
            lookups.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        channel = Webhook({}, private_addresses=False)
        for host in ("rebind.example", "1.1.1.1.nip.example"):
            with pytest.raises(SendError, match="private address") as caught:
                await channel.send(message(), Target("webhook", f"http://{host}:{port}/"), None)
            assert caught.value.failure is Failure.MISCONFIGURED
        assert lookups == ["rebind.example", "1.1.1.1.nip.example"]
        assert inside.received == []
        await channel.close()


async def test_one_private_address_among_public_ones_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name may have several addresses; each is judged when its turn comes."""
    async with FakeWebhook() as inside:
        port = int(inside.url.rpartition(":")[2])
        addresses = [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fec0::1", port, 0, 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **more: addresses)
        channel = Webhook({}, private_addresses=False)
        with pytest.raises(SendError):
            await channel.send(message(), Target("webhook", f"http://mixed.example:{port}/"), None)
        assert inside.received == []
        await channel.close()


async def test_redirect_into_the_own_network_is_not_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A public server cannot send the gateway to a private address either."""
    monkeypatch.setattr(
        "gateway.channels.support.private_addresses.is_public",
        lambda address: address == "127.0.0.1",
    )
    async with FakeWebhook() as outside, FakeWebhook() as inside:
        outside.script(Behaviour(status=307, body="", headers={"Location": f"{inside.url}/in"}))
        channel = Webhook({"${OUT}": Secret(outside.url)}, private_addresses=False)
        with pytest.raises(SendError, match="redirects are not followed"):
            await channel.send(message(), Target("webhook", "${OUT}"), None)
        assert inside.received == []
        await channel.close()


def test_every_row_is_an_address_block() -> None:
    """A slip of the pen in the table would raise here, and not at the first webhook."""
    for row in ROWS:
        assert ip_address(row.block.partition("/")[0]) == ip_network(row.block).network_address
