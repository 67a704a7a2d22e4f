"""Checks of names and vendors: each account by a request that changes nothing."""

import asyncio
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from gateway.channels import CONSOLE, build
from gateway.channels.contract import Channel, ChecksAccount
from gateway.channels.placeholders import UnconfiguredChannel
from gateway.channels.support.http_errors import masked
from gateway.channels.support.resolver import Resolver
from gateway.cli.doctor.finding import Finding, State, bad, good, warning
from gateway.config.load import Config
from gateway.core.incidents.retry import SendError
from gateway.core.plan.accounts import ChannelSettings
from gateway.settings import ServerSettings

DEADLINE = 15.0
"""Seconds for one vendor. A lower one would call slow vendors unreachable."""

_SEND_TEST = "try it with `gateway send-test`"


async def check_network(settings: ServerSettings, config: Config | None) -> list[Finding]:
    """Check names and accounts, all at once."""
    checks = [_look_up(what, host) for what, host in _hosts(settings)]
    accounts = {} if config is None else config.channels
    checks += [_check_account(name, accounts, config) for name in sorted(accounts)]
    return [*await asyncio.gather(*checks)]


def _hosts(settings: ServerSettings) -> Iterator[tuple[str, str]]:
    """Yield what names are needed for. The URL of the database is the driver's to resolve."""
    urls = {"links in messages": settings.external_url}
    if settings.heartbeat_url is not None:
        urls["heartbeat"] = settings.heartbeat_url.reveal()
    for what, url in urls.items():
        if host := urlsplit(url).hostname:
            yield what, host


async def _look_up(what: str, host: str) -> Finding:
    name = f"DNS: {what}"
    resolver = Resolver(1)
    try:
        addresses = await resolver.resolve(host)
    except OSError as error:
        text = f"{host} is not known: {error.strerror or error}"
        return bad(name, text, "check /etc/resolv.conf and the name server's entry")
    return good(name, f"{host} is {addresses[0]['host']}")


async def _check_account(
    name: str, accounts: Mapping[str, ChannelSettings], config: Config | None
) -> Finding:
    assert config is not None
    settings, title = accounts[name], f"account {name}"
    if settings.type == CONSOLE:
        return good(title, "prints messages, as it is meant to")
    if settings.options.get("provider") == CONSOLE:
        text = "messages are printed and not sent: its token is not set, or provider: console"
        return warning(title, text, "set the variable that routes.yaml names, then reload")
    try:
        channel = build(settings, config.secrets)
    except ValueError as error:
        return bad(title, str(error), "correct routes.yaml, or set the variable")
    try:
        if isinstance(channel, UnconfiguredChannel):
            return bad(title, channel.reason, "set it: messages wait until then")
        return await _ask(title, channel)
    finally:
        await channel.close()


async def _ask(title: str, channel: Channel) -> Finding:
    vendor: object = channel
    if not isinstance(vendor, ChecksAccount):
        text = "its vendor has no request that changes nothing"
        return Finding(title, State.NOT_CHECKED, text, _SEND_TEST)
    try:
        async with asyncio.timeout(DEADLINE):
            answer = await vendor.check_account()
    except SendError as failed:
        error = failed.masked(masked)
        return bad(title, str(error), f"correct the account, then {_SEND_TEST}")
    except TimeoutError:
        return bad(title, f"no answer within {DEADLINE:g} s", "check firewall and proxy")
    if answer is None:
        text = "its vendor has no request that changes nothing"
        return Finding(title, State.NOT_CHECKED, text, _SEND_TEST)
    return good(title, f"valid: {answer}")
