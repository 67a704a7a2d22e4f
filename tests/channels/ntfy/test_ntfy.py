"""Push messages by ntfy."""

from dataclasses import replace
from typing import Any, ClassVar, cast

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels import build
from gateway.channels.contract import Channel
from gateway.channels.ntfy.body import BODY_BYTES, MESSAGE_BYTES, priority, publication
from gateway.channels.ntfy.channel import Ntfy
from gateway.channels.ntfy.codes import CODES
from gateway.core.incidents.message import Button, Link
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.plan import Target
from tests.channels.contract import LONG, ChannelContract, all_texts
from tests.channels.messages import LINKS, PARTS, message
from tests.fakes import Behaviour, Fake, FakeNtfy

BUTTON = Button("https://gateway.example.com/push/acknowledge", "test-button-token")


def error_response(status: int, code: int) -> Behaviour:
    """ntfy refuses."""
    return Behaviour(status=status, json={"code": code, "http": status, "error": "no"})


class TestNtfy(ChannelContract):
    """The contract, and what is ntfy's own."""

    target = Target("ntfy", "${NTFY_TOPIC_ANA}", person="ana")
    secret = "tk_test-ntfy-token"
    secrets: ClassVar = {"${NTFY_TOPIC_ANA}": Secret("ana-x7Kq")}

    def vendor(self) -> Fake:
        return FakeNtfy(token=self.secret)

    def make(self, fake: Fake, *, timeout: float = LONG, proxy: Secret | None = None) -> Channel:
        return Ntfy(
            fake.url,
            self.secrets,
            credentials=Secret(f"Bearer {self.secret}"),
            total_timeout=timeout,
            proxy=proxy,
        )

    def sent_text(self, fake: Fake) -> str:
        return "\n".join(all_texts(fake.received[-1].json))

    async def test_message_is_complete(self, channel: Channel, fake: FakeNtfy) -> None:
        """Topic, words, priority, emoji, what a tap opens, and at most three buttons."""
        await channel.send(message(urgent=True, button=BUTTON), self.target, None)
        (sent,) = fake.messages
        assert (sent["topic"], sent["title"]) == ("ana-x7Kq", PARTS["title"])
        assert sent["message"] == PARTS["text"]
        assert (sent["priority"], sent["tags"]) == (5, ["rotating_light"])
        assert sent["click"] == "https://gateway.example.com/incidents/1042"
        labels = [(one["action"], one["label"]) for one in sent["actions"]]
        assert labels == [("http", "Acknowledge"), ("view", "Runbook"), ("view", "Dashboard")]
        assert sent["actions"][0]["headers"] == {"Authorization": "Bearer test-button-token"}
        assert sent["actions"][0]["method"] == "POST"
        assert sent["actions"][0]["clear"] is True

    async def test_shared_topic_gets_the_page_that_asks_who_is_acting(
        self, channel: Channel, fake: FakeNtfy
    ) -> None:
        """Everyone who subscribes sees the button, so it must be nobody's."""
        await channel.send(message(), Target("ntfy", "billing"), None)
        assert fake.messages[0]["topic"] == "billing"
        first = fake.messages[0]["actions"][0]
        assert (first["action"], first["url"]) == ("view", LINKS[0].url)

    async def test_end_has_no_button_to_acknowledge(self, channel: Channel, fake: FakeNtfy) -> None:
        """What is over needs nobody; the message makes no sound."""
        over = message(kind=NoticeKind.RESOLVED, status="resolved", links=LINKS[1:])
        await channel.send(over, self.target, None)
        (sent,) = fake.messages
        assert "Acknowledge" not in str(sent["actions"])
        assert (sent["priority"], sent["tags"]) == (2, ["white_check_mark"])

    async def test_simplest_form_has_neither_buttons_nor_tags(
        self, channel: Channel, fake: FakeNtfy
    ) -> None:
        """A button that the server refuses must not keep the page from its recipient."""
        error = await self.fails(channel, fake, error_response(400, 40018))
        assert error.failure is Failure.BAD_CONTENT
        reduced = message(reduced=True, button=BUTTON, parts={**PARTS, "text": "x" * 3000})
        await channel.send(reduced, self.target, None)
        (sent,) = fake.messages
        assert "actions" not in sent
        assert len(sent["message"].encode()) <= 1000

    async def test_unusable_topic_is_refused_unsent(self, channel: Channel, fake: Fake) -> None:
        """A slash or a blank would lead to another path of the server."""
        for topic in ("a/b", "", "a b", "v1", "a" * 65, "a\nb"):
            with pytest.raises(SendError) as caught:
                await channel.send(message(), Target("ntfy", topic), None)
            assert caught.value.failure is Failure.BAD_RECIPIENT
        assert fake.received == []

    async def test_secret_topic_and_button_are_masked(self, channel: Channel, fake: Fake) -> None:
        """Promise 10: an error that repeats them does not show them."""
        how = Behaviour(status=400, body="ana-x7Kq test-button-token", content_type="text/plain")
        error = await self.fails(channel, fake, how, message(button=BUTTON))
        assert "ana-x7Kq" not in str(error)
        assert "test-button-token" not in str(error)

    @pytest.mark.parametrize("code", sorted(CODES))
    async def test_each_code_has_its_class(self, channel: Channel, fake: Fake, code: int) -> None:
        """E50: code by code, as ntfy answers."""
        error = await self.fails(channel, fake, error_response(code // 100, code))
        assert error.failure is CODES[code]
        assert str(code) in error.detail

    @pytest.mark.parametrize(("code", "seconds"), [(42901, 5.0), (42908, 300.0), (42909, 60.0)])
    async def test_rate_limit_without_retry_after_has_a_wait(
        self, channel: Channel, fake: Fake, code: int, seconds: float
    ) -> None:
        """ntfy sends none, and each limit refills at its own pace."""
        error = await self.fails(channel, fake, error_response(429, code))
        assert (error.failure, error.retry_after) == (Failure.RATE_LIMITED, seconds)

    async def test_unknown_code_is_judged_by_its_status(self, channel: Channel, fake: Fake) -> None:
        """A code of tomorrow."""
        error = await self.fails(channel, fake, error_response(403, 40399))
        assert error.failure is Failure.MISCONFIGURED


def made(**changes: Any) -> dict[str, Any]:
    """Return the body of a message."""
    return publication(message(**changes), "topic", {})


@pytest.mark.parametrize("piece", ["x", "ä", "🚨", '"', "\n", "\\", "\t"])
def test_everything_fits(piece: str) -> None:
    """Bytes count, also those that JSON adds: over the limit a message becomes a file."""
    for length in (3999, 4001, 8000, 100_000):
        links = tuple(replace(one, url=f"https://example.com/{'y' * 2000}") for one in LINKS)
        body = made(parts={"title": piece * length, "text": piece * length}, links=links[:3])
        assert len(body["message"].encode()) <= MESSAGE_BYTES
        assert len(orjson.dumps(body)) <= BODY_BYTES
        assert body["message"]
        assert len(body["title"]) <= 200


@pytest.mark.parametrize(
    ("kind", "urgent", "expected"),
    [
        (NoticeKind.FIRING, True, 5),
        (NoticeKind.FIRING, False, 3),
        (NoticeKind.ESCALATION, True, 5),
        (NoticeKind.REPEAT, True, 5),
        (NoticeKind.ACKNOWLEDGED, False, 2),
        (NoticeKind.UPDATE, False, 2),
        (NoticeKind.RESOLVED, False, 2),
        (NoticeKind.TEST, False, 3),
        (NoticeKind.DIGEST, False, 3),
        (NoticeKind.REMINDER, False, 3),
    ],
)
def test_priority_is_loud_only_for_what_fires(
    kind: NoticeKind, urgent: bool, expected: int
) -> None:
    """5 breaks through do-not-disturb: an end and a comment never do."""
    assert priority(message(kind=kind, urgent=urgent), {}) == expected


def test_priorities_of_the_account_win() -> None:
    """A severity that is not listed has the usual one."""
    priorities = {"critical": 4, "info": 1}
    assert priority(message(urgent=True), priorities) == 4
    assert priority(message(severity="info"), priorities) == 1
    assert priority(message(severity="warning"), priorities) == 3


def test_no_button_leads_outside_of_the_web() -> None:
    """E17: a URL of a label is a button only if it is safe."""
    links = (Link("runbook", "Run\nbook", "javascript:alert(1)"), *LINKS[3:])
    assert [one["label"] for one in made(links=links)["actions"]] == ["Dashboard", "Source"]


@pytest.mark.parametrize(
    ("secrets", "header"),
    [
        ({"token": Secret("tk_test")}, "Bearer tk_test"),
        ({"password": Secret("test-password")}, "Basic Z2F0ZXdheTp0ZXN0LXBhc3N3b3Jk"),
        ({}, None),
    ],
)
async def test_settings_make_a_channel(secrets: dict[str, Secret], header: str | None) -> None:
    """A token, a name and a password, or nothing."""
    async with FakeNtfy() as fake:
        options = {"url": fake.url, "username": "gateway", "priorities": '{"critical": 4}'}
        channel = build(ChannelSettings("ntfy", options, secrets), {})
        await channel.send(message(), Target("ntfy", "billing"), None)
        await channel.close()
        assert fake.received[0].headers.get("Authorization") == header
        assert fake.messages[0]["priority"] == 4


async def test_login_by_name_and_password_works() -> None:
    """The server checks it; a wrong one is an admin's business."""
    async with FakeNtfy(user=("gateway", "test-password")) as fake:
        for password, accepted in (("test-password", True), ("test-wrong", False)):
            settings = ChannelSettings(
                "ntfy",
                {"url": fake.url, "username": "gateway"},
                {"password": Secret(password)},
            )
            channel = cast(Channel, build(settings, {}))
            if accepted:
                assert await channel.send(message(), Target("ntfy", "billing"), None)
            else:
                with pytest.raises(SendError, match="misconfigured"):
                    await channel.send(message(), Target("ntfy", "billing"), None)
            await channel.close()


async def test_server_that_is_missing_is_named() -> None:
    """The public server is nobody's default: its topics can be read by anyone."""
    with pytest.raises(ValueError, match=r"channels\.ntfy\.url is missing"):
        build(ChannelSettings("ntfy", {"priorities": "{}"}), {})


@given(title=st.text(max_size=400), text=st.text(max_size=9000), url=st.text(max_size=3000))
def test_any_words_fit(title: str, text: str, url: str) -> None:
    """Over a limit a message becomes a file or is refused: neither wakes anybody."""
    links = [Link(one.role, title, f"https://example.com/{url}") for one in LINKS]
    body = made(parts={"title": title, "text": text}, links=tuple(links))
    assert 0 < len(body["message"].encode()) <= MESSAGE_BYTES
    assert len(orjson.dumps(body)) <= BODY_BYTES
    assert len(body.get("actions", [])) <= 3
