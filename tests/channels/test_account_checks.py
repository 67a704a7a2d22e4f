"""Each vendor that can be asked says whether the account is valid, and nobody is notified."""

from collections.abc import AsyncIterator

import pytest

from gateway.channels import build
from gateway.channels.contract import ChecksAccount
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from tests.fakes import Behaviour, Fake, FakeNtfy, FakePostmark, FakeSlack, FakeTwilio
from tests.fakes.pagerduty_account import PagerDutyAccount
from tests.fakes.smtp import FakeSmtp, Reply
from tests.fakes.tls import authority_pem, server_context

ACCOUNT = "AC" + 32 * "0"
TOKEN = "test-account-token"
FAKES = {
    "slack": lambda: FakeSlack(token=TOKEN),
    "email": lambda: FakePostmark(token=TOKEN),
    "sms": lambda: FakeTwilio(account_sid=ACCOUNT, token=TOKEN),
    "voice": lambda: FakeTwilio(account_sid=ACCOUNT, token=TOKEN),
    "ntfy": lambda: FakeNtfy(token=TOKEN),
    "pagerduty": lambda: PagerDutyAccount(token=TOKEN),
}
ANSWERS = {
    "slack": "gateway at example",
    "email": "server Billing",
    "sms": "Billing, active",
    "voice": "Billing, active",
    "ntfy": "with credentials",
    "pagerduty": "REST key, 2 abilities",
}


@pytest.fixture(params=FAKES)
async def vendor(request: pytest.FixtureRequest) -> AsyncIterator[tuple[str, Fake]]:
    """Start each vendor that can be asked."""
    async with FAKES[request.param]() as fake:
        yield request.param, fake


def account(name: str, fake: Fake, token: str) -> ChannelSettings:
    """Return an account of a channel at a fake vendor."""
    options = {"from": "alerts@example.com", "account_sid": ACCOUNT, "url": fake.url}
    if name in ("sms", "voice"):
        options["from"] = "+4930123456"
    options["api_url"] = f"{fake.url}/api/" if name == "slack" else fake.url
    options["rest_url"] = fake.url
    return ChannelSettings(
        name, options=options, secrets={"token": Secret(token), "rest_token": Secret(token)}
    )


async def check(name: str, fake: Fake, token: str) -> str | None:
    """Ask a vendor by the channel that an account makes."""
    channel = build(account(name, fake, token), {})
    try:
        assert isinstance(channel, ChecksAccount)
        return await channel.check_account()
    finally:
        await channel.close()


async def test_valid_account_is_named(vendor: tuple[str, Fake]) -> None:
    """One GET or a method that only reads; the answer says whose account it is."""
    name, fake = vendor
    assert await check(name, fake, TOKEN) == ANSWERS[name]
    assert len(fake.received) == 1
    assert fake.problems == []


async def test_invalid_token_is_a_misconfigured_account(vendor: tuple[str, Fake]) -> None:
    """The error holds no token."""
    name, fake = vendor
    with pytest.raises(SendError) as raised:
        await check(name, fake, "wrong-test-token")
    assert raised.value.failure is Failure.MISCONFIGURED
    assert "wrong-test-token" not in str(raised.value)


async def test_vendor_that_fails_is_an_error_of_the_channel(vendor: tuple[str, Fake]) -> None:
    """Nothing but SendError comes out, and no part of a broken answer with the token."""
    name, fake = vendor
    fake.script(Behaviour(status=503, body=f"down {TOKEN}", content_type="text/plain"))
    with pytest.raises(SendError) as raised:
        await check(name, fake, TOKEN)
    assert TOKEN not in str(raised.value)


@pytest.mark.parametrize("refused", [False, True])
async def test_smtp_server_takes_the_login_and_gets_no_mail(*, refused: bool) -> None:
    """The login is tried over TLS, and the connection closed."""
    async with FakeSmtp(starttls=server_context(), login=("alerts", TOKEN)) as fake:
        if refused:
            fake.replies.append(Reply("AUTH", "535 5.7.8 no"))
        options = {
            "provider": "smtp",
            "from": "alerts@example.com",
            "host": "127.0.0.1",
            "port": str(fake.port),
            "username": "alerts",
            "ca_file": authority_pem(),
        }
        settings = ChannelSettings("email", options=options, secrets={"password": Secret(TOKEN)})
        channel = build(settings, {})
        assert isinstance(channel, ChecksAccount)
        if refused:
            with pytest.raises(SendError, match="misconfigured"):
                await channel.check_account()
        else:
            assert await channel.check_account() == f"127.0.0.1:{fake.port}"
        assert fake.received == []


async def test_routing_key_alone_cannot_be_checked() -> None:
    """PagerDuty's events have no request that changes nothing."""
    async with PagerDutyAccount() as fake:
        channel = build(ChannelSettings("pagerduty", options={"api_url": fake.url}), {})
        assert isinstance(channel, ChecksAccount)
        assert await channel.check_account() is None
        await channel.close()
        assert fake.received == []
