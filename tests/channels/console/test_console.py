"""Tests of the console channel."""

import io

import pytest

from gateway.channels import build
from gateway.channels.console.channel import Console
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target
from tests.channels.messages import PARTS, hostile, message, oversized

ANA = Target("email", "ana@example.com", person="ana")


async def test_it_shows_the_words_and_the_links() -> None:
    """Everything a person needs, the acknowledge link included."""
    stream = io.StringIO()
    await Console(stream).send(message(), Target("console", "stdout"), None)
    shown = stream.getvalue()
    for words in ("#1042 CRITICAL firing (first)", PARTS["text"], "/ack/TOKEN", "Runbook: "):
        assert words in shown


async def test_placeholder_console_names_the_target_and_the_missing_token() -> None:
    """Printed messages say that they were not sent, and why."""
    stream = io.StringIO()
    console = Console(stream, spec=CHANNELS["email"], placeholder_reason="no token")
    await console.send(message(), ANA, None)
    shown = stream.getvalue()
    assert "e-mail to ana@example.com (ana) (not sent: no token)" in shown
    assert PARTS["subject"] in shown
    assert "<html>" not in shown


@pytest.mark.parametrize("name", ["email", "slack", "pagerduty", "webhook"])
async def test_any_channel_may_be_the_console(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`provider: console` prints the messages of any channel, rendered with its own templates."""
    channel = build(ChannelSettings(name, {"provider": "console"}), {})
    assert channel.spec == CHANNELS[name]
    await channel.send(message(), Target(name, "somewhere"), None)
    await channel.close()
    assert "(not sent: provider is console)" in capsys.readouterr().out


async def test_a_token_that_is_there_is_not_said_to_be_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The reason given is the true one."""
    settings = ChannelSettings("email", {"provider": "console"}, {"token": Secret("test-token")})
    await build(settings, {}).send(message(), ANA, None)
    shown = capsys.readouterr().out
    assert "(not sent: provider is console)" in shown
    assert "test-token" not in shown


async def test_a_terminal_gets_colour_unless_it_asked_for_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """NO_COLOR (no-color.org) wins; what is no terminal gets none."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    for stream, colour in ((Terminal(), True), (io.StringIO(), False)):
        await Console(stream).send(message(), ANA, None)
        assert ("\x1b[" in stream.getvalue()) is colour
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    await Console(plain).send(message(), ANA, None)
    assert "\x1b[" not in plain.getvalue()


@pytest.mark.parametrize("name", ["console", "email", "slack", "pagerduty"])
async def test_labels_cannot_act_on_the_terminal(name: str) -> None:
    """E17: escape sequences, direction marks and control characters in labels are gone."""
    stream = io.StringIO()
    await Console(stream, spec=CHANNELS[name], colour=False).send(hostile(), ANA, None)
    shown = stream.getvalue()
    assert all(character == "\n" or character.isprintable() for character in shown)


async def test_a_flood_of_words_is_cut() -> None:
    """E12: cut, and said so."""
    stream = io.StringIO()
    await Console(stream).send(oversized(), ANA, None)
    assert len(stream.getvalue()) < 6000
    assert "… cut" in stream.getvalue()


async def test_missing_words_and_facts_do_not_stop_it() -> None:
    """E16: what there is is shown."""
    stream = io.StringIO()
    await Console(stream).send(message(parts={}, facts={}, links=()), ANA, None)
    assert "#1042" in stream.getvalue()


async def test_a_stream_that_is_gone_is_a_failed_attempt() -> None:
    """A closed pipe is an attempt to repeat, not a crash."""
    stream = io.StringIO()
    console = Console(stream)
    stream.close()
    with pytest.raises(SendError) as caught:
        await console.send(message(), ANA, None)
    assert caught.value.failure is Failure.CONNECTION


def test_quiet_changes_are_not_printed() -> None:
    """It cannot edit, so it keeps still for what is only worth an edit."""
    console = Console(io.StringIO())
    assert console.accepts(NoticeKind.FIRING, quiet=False)
    assert not console.accepts(NoticeKind.FIRING, quiet=True)


async def test_what_is_over_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of an incident reads as one."""
    stream = io.StringIO()
    over = message(kind=NoticeKind.RESOLVED, reason=NotifyReason.RESOLVED, status="resolved")
    await Console(stream).send(over, ANA, None)
    assert "#1042 CRITICAL resolved (resolved)" in stream.getvalue()
