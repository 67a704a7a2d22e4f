"""Other services by Apprise, against the small servers of its own plugins."""

import asyncio
import inspect
import re
import sys
import threading
from types import ModuleType, SimpleNamespace
from urllib.parse import urlsplit

import pytest

from gateway.channels.apprise.channel import Apprise, build
from gateway.channels.apprise.requests_shim import PluginRequests, load_library
from gateway.channels.apprise.words import title_and_body, without_mentions
from gateway.channels.contract import Channel
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.plan import Target
from gateway.core.plan.service_url import SCHEMES
from gateway.log import redact
from tests.channels.contract import LONG, SHORT, ChannelContract, all_texts
from tests.channels.messages import hostile, message, oversized
from tests.fakes import Behaviour, Fake, FakeServices

REFERENCE = "${SERVICE_URL}"
TARGET = Target("apprise", REFERENCE)


def service(fake: Fake, path: str = "", scheme: str = "json") -> Secret:
    """Return the URL of a service that the fake plays."""
    parts = urlsplit(fake.url)
    secure = "s" if parts.scheme == "https" else ""
    return Secret(f"{scheme}{secure}://{parts.netloc}/{path}")


def mattermost(fake: Fake) -> Secret:
    """Return the URL of an incoming webhook of Mattermost that the fake plays."""
    return Secret(f"mmost://{urlsplit(fake.url).netloc}/{24 * 'a'}")


class TestApprise(ChannelContract):
    """The contract, and what is Apprise's own."""

    target = TARGET
    secret = "test-service-path-secret"

    def vendor(self) -> Fake:
        return FakeServices()

    def make(self, fake: Fake, *, timeout: float = LONG, proxy: Secret | None = None) -> Channel:
        secrets = {REFERENCE: service(fake, self.secret)}
        return Apprise(secrets, total_timeout=timeout, connect_timeout=timeout, proxy=proxy)

    def sent_text(self, fake: Fake) -> str:
        return "\n".join(all_texts(fake.received[-1].json))

    async def test_garbage_is_no_success(self, channel: Channel, fake: Fake) -> None:
        """The plugin of plain JSON takes any 2xx: what is a success, the plugins say."""
        fake.script(Behaviour(status=200, body="<html>"))
        await channel.send(message(), self.target, None)

    async def test_first_line_is_the_title(self, channel: Channel, fake: Fake) -> None:
        """Push services show a title; the type says how bad it is."""
        parts = {"text": "[critical] Charged twice\nFiring since 03:09.\n\nAcknowledge: https://x"}
        await channel.send(message(parts=parts), self.target, None)
        got = fake.accepted[0].json
        assert got["title"] == "[critical] Charged twice"
        assert got["message"].startswith("Firing since 03:09.")
        assert got["type"] == "failure"

    async def test_messages_do_not_wait_for_each_other(
        self, channel: Channel, fake: FakeServices, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The library would sleep for seconds between messages to one service."""

        def sleep(seconds: float) -> None:
            raise AssertionError(f"it sleeps for {seconds} s")

        monkeypatch.setattr(load_library().url, "time", SimpleNamespace(sleep=sleep))
        for _ in range(3):
            await channel.send(message(), TARGET, None)
        assert len(fake.texts) == 3

    async def test_service_by_its_own_plugin_gets_the_message(self, fake: FakeServices) -> None:
        """Mattermost has no titles: the library puts ours before the body."""
        channel = Apprise({REFERENCE: mattermost(fake)})
        parts = {"text": "[critical] Charged twice\nFiring since 03:09."}
        await channel.send(message(parts=parts), TARGET, None)
        await channel.close()
        (text,) = fake.texts
        assert "[critical] Charged twice" in text
        assert "Firing since 03:09." in text

    async def test_refusal_without_a_reason_is_tried_again(self, fake: Fake) -> None:
        """A plugin that calls a 204 a failure: only yes or no is known, and it may have arrived."""
        channel = Apprise({REFERENCE: mattermost(fake)})
        error = await self.fails(channel, fake, Behaviour(status=204, body=""))
        assert (error.failure, error.perhaps) == (Failure.BAD_ANSWER, True)
        assert str(error).endswith("the mmost service did not accept it")
        await channel.close()

    async def test_vendors_words_are_shown_without_the_secret(self, fake: Fake) -> None:
        """Promise 10: an answer may repeat the path, whole or decoded."""
        channel = Apprise(
            {REFERENCE: service(fake, "test%2Dpath%2Dsecret?+X-Token=test-header-secret")}
        )
        answer = "no hook test-path-secret, X-Token: test-header-secret"
        fake.script(Behaviour(status=404, body=answer, content_type="text/plain"))
        with pytest.raises(SendError, match="no hook") as caught:
            await channel.send(message(), TARGET, None)
        assert "test-path-secret" not in str(caught.value)
        assert "test-header-secret" not in str(caught.value)
        await channel.close()

    async def test_private_address_is_refused_where_the_account_says_so(self, fake: Fake) -> None:
        """The rule of webhooks: a service's URL is no way into the own network."""
        channel = Apprise({REFERENCE: service(fake)}, private_addresses=False)
        with pytest.raises(SendError, match="private address") as caught:
            await channel.send(message(), TARGET, None)
        assert caught.value.failure is Failure.MISCONFIGURED
        assert fake.received == []
        await channel.close()

    async def test_hostile_url_of_a_reload_is_refused(self, fake: Fake) -> None:
        """`gateway check` refuses it too; a secret may have changed since."""
        channel = Apprise({REFERENCE: Secret("syslog://localhost")})
        with pytest.raises(SendError, match="not a service that is reached by HTTP") as caught:
            await channel.send(message(), TARGET, None)
        assert caught.value.failure is Failure.BAD_RECIPIENT
        await channel.close()

    async def test_url_that_the_plugin_cannot_read_is_a_bad_recipient(self) -> None:
        """A token of another form is the admin's to correct."""
        channel = Apprise({REFERENCE: Secret("tgram://nonsense")})
        with pytest.raises(SendError, match="cannot read") as caught:
            await channel.send(message(), TARGET, None)
        assert caught.value.failure is Failure.BAD_RECIPIENT
        assert "nonsense" not in str(caught.value)
        await channel.close()

    async def test_library_is_imported_and_called_in_a_thread(
        self, channel: Channel, fake: Fake, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A third of a second of importing must not stop the gateway."""
        threads = []

        def load() -> ModuleType:
            threads.append(threading.current_thread())
            return load_library()

        monkeypatch.setattr("gateway.channels.apprise.channel.load_library", load)
        await channel.send(message(), TARGET, None)
        assert threads
        assert threading.main_thread() not in threads

    @pytest.mark.parametrize(
        ("error", "text"),
        [(ModuleNotFoundError("apprise"), "pip install"), (SystemError("x"), "cannot be imported")],
    )
    async def test_library_that_cannot_be_imported_is_an_admins_to_mend(
        self, channel: Channel, monkeypatch: pytest.MonkeyPatch, error: Exception, text: str
    ) -> None:
        """The message waits, and the fallback is notified."""

        def load() -> ModuleType:
            raise error

        monkeypatch.setattr("gateway.channels.apprise.channel.load_library", load)
        with pytest.raises(SendError, match=text) as caught:
            await channel.send(message(), TARGET, None)
        assert caught.value.failure is Failure.MISCONFIGURED

    async def test_markdown_of_own_templates_is_passed_on(
        self, channel: Channel, fake: FakeServices
    ) -> None:
        """`format: markdown` is for templates that write it."""
        target = Target("apprise", REFERENCE, options={"format": "markdown"})
        await channel.send(message(parts={"text": "# Title\nsome *words*"}), target, None)
        assert "words" in fake.texts[0]

    async def test_hanging_service_holds_no_other(self, fake: Fake) -> None:
        """Promise 13: a service that never answers costs its own deadline."""
        channel = self.make(fake, timeout=SHORT)
        fake.script(Behaviour(hang="after"))
        slow = asyncio.ensure_future(channel.send(message(), TARGET, None))
        await fake.arrived(1)
        await channel.send(message(), TARGET, None)
        with pytest.raises(SendError):
            await slow
        await channel.close()


def test_no_plugin_keeps_the_real_requests() -> None:
    """A plugin that sent by itself would follow redirects and the environment's proxies."""
    load_library()
    modules = [m for name, m in sys.modules.items() if name.startswith("apprise.")]
    with_requests = [m for m in modules if "requests" in vars(m)]
    assert len(with_requests) > 100
    assert all(isinstance(vars(m)["requests"], PluginRequests) for m in with_requests)


OTHER_MODULES = re.compile(
    r"^\s*(?:import|from) (?:socket|smtplib|subprocess|ctypes|ssl|http\.client|urllib\.request|paho"
    r"|dbus|gi|gntp|websockets?|httpx|aiohttp|urllib3|slixmpp|telnetlib|ftplib|asyncio|winreg)\b",
    re.MULTILINE,
)
_LOCAL = """
    dbus glib gio gnome kde macosx qt windows syslog rsyslog blink1 growl mqtt mailto fcm vapid irc
    xmpp aprs amqp smpp
"""
LOCAL = frozenset(_LOCAL.split())


def test_allowed_schemes_are_services_that_use_requests_only() -> None:
    """Everything else would pass by the gateway's client, or act on the machine itself."""
    library = load_library()
    manager = library.manager_plugins.NotificationManager()
    known = set(manager.schemas())
    assert known >= SCHEMES
    assert known >= LOCAL
    assert not LOCAL & SCHEMES
    for scheme in SCHEMES:
        module = sys.modules[manager[scheme].__module__]
        assert isinstance(vars(module)["requests"], PluginRequests), scheme
        source = inspect.getsource(module)
        assert OTHER_MODULES.search(source) is None, scheme
        assert "keyfile" not in source, scheme


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("ping @everyone and @here now", "ping @ everyone and @ here now"),
        ("<!channel> <@U012AB> <#C1>", "< !channel> < @U012AB> < #C1>"),
        ("mail ana@example.com", "mail ana@example.com"),
    ],
)
def test_label_mentions_nobody(text: str, safe: str) -> None:
    """Labels come from anyone who may post alerts."""
    assert without_mentions(text) == safe
    assert title_and_body(hostile(), 100, 1000)[1].count("<!channel>") == 0


@pytest.mark.parametrize("limits", [(0, 140), (250, 1024), (100, 2000), (0, 4096)])
def test_message_fits_the_service(limits: tuple[int, int]) -> None:
    """What is cut says where the rest is; a service without titles has one limit for both."""
    title, body = title_and_body(oversized(), *limits)
    assert len(body) + (len(title) + 5 if not limits[0] else 0) <= limits[1] + (
        60 if limits[1] < 200 else 0
    )
    assert "see incident #1042" in body.lower()


async def test_settings_make_a_channel_and_its_secrets_are_masked() -> None:
    """`channels: apprise:` in routes.yaml; parts of URLs are masked in logs, too."""
    url = Secret("discord://123456789/test-discord-token-in-url")
    channel = build(ChannelSettings("apprise", {"private_addresses": "refuse"}), {"${D}": url})
    assert "test-discord-token-in-url" not in redact("POST /webhooks/test-discord-token-in-url")
    assert "test-discord" not in repr(channel) + repr(vars(channel))
    await channel.close()
    with pytest.raises(ValueError, match="allow or refuse"):
        build(ChannelSettings("apprise", {"private_addresses": "perhaps"}), {})
