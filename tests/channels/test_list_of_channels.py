"""The one list of channels."""

import subprocess
import sys

import pytest

from gateway.channels import build
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target
from tests.channels.messages import message
from tests.fakes import FakePagerDuty
from tests.shared_data import CHECKOUT


@pytest.mark.process
def test_the_list_costs_no_sdk() -> None:
    """`gateway check` reads the list in half a second: no SDK and no HTTP library is imported."""
    code = (
        "import sys, gateway.channels, gateway.channels.contract\n"
        "heavy = {'aiohttp', 'requests', 'postmarker', 'pdpyras', 'slack_sdk', 'twilio'}\n"
        "heavy = {*heavy, 'apprise'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_channel_that_does_not_exist_is_named() -> None:
    """The error says which."""
    with pytest.raises(ValueError, match="no channel is called 'pigeon'"):
        build(ChannelSettings("pigeon"), {})


@pytest.mark.parametrize("name", ["email", "slack", "sms", "voice"])
async def test_a_channel_without_an_account_says_so(name: str) -> None:
    """Promise 13: a notice to a channel that a reload took away is neither lost nor called sent."""
    channel = build(ChannelSettings(name), {})
    assert channel.spec == CHANNELS[name]
    with pytest.raises(SendError, match=f"no account for {name}") as caught:
        await channel.send(message(), Target(name, "somewhere"), None)
    assert caught.value.failure is Failure.MISCONFIGURED
    await channel.close()


async def test_one_target_may_be_shown_while_the_others_are_sent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A receiver whose routing key is missing keeps no other receiver from being paged."""
    key = "test-routing-key" + 16 * "0"
    async with FakePagerDuty() as fake:
        settings = ChannelSettings("pagerduty", {"api_url": fake.url})
        channel = build(settings, {"${KEY}": Secret(key)})
        await channel.send(message(), Target("pagerduty", "${KEY}"), None)
        lacking = Target("pagerduty", "${NONE}", options={"provider": "console"})
        await channel.send(message(), lacking, None)
        await channel.close()
        assert len(fake.accepted) == 1
    assert "PagerDuty (none) (not sent: no routing key)" in capsys.readouterr().out
