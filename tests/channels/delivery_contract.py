"""The contract of every channel, over any protocol; `contract` adds HTTP."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import pytest

from gateway.channels.contract import Channel
from gateway.core.incidents.message import Message
from gateway.core.incidents.notice import NoticeKind
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target
from tests.channels.messages import hostile, message, oversized
from tests.fakes import Behaviour

SHORT = 0.2
"""Seconds of a timeout that is to be hit: long enough for a local request, no test waits longer."""
LONG = 30.0
JOIN = 5.0
"""Seconds for a thread to end that has done its work."""


class DeliveryContract:
    """What `gateway.channels.contract.Channel` promises, against the channel's fake vendor.

    The fake has `received`, `accepted`, `problems`, `script`, `default`, `arrived`, `start` and
    `stop`, as `tests.fakes.server.Fake` has them.
    """

    target: ClassVar[Target]
    secret: ClassVar[str]
    """The credential that the channel sends, which must never come back."""
    unwanted: ClassVar[tuple[str, ...]] = ("\u202e", "\u2066", "\x1b", "\x00", "\ud800", "\r")
    """What of a hostile label must not reach a reader."""

    braces: ClassVar[str] = "{{7*7}}"
    """What a label with braces becomes; 49 would be its evaluation."""
    cut_mark: ClassVar[str] = "…"
    """What a cut text ends in."""

    def vendor(self) -> Any:
        """A fake of the vendor."""
        raise AssertionError("the subclass says")

    def make(self, fake: Any, *, timeout: float = LONG) -> Channel:
        """The channel, talking to the fake; `timeout` for connecting and for the whole call."""
        raise AssertionError("the subclass says")

    def sent_text(self, fake: Any) -> str:
        """Everything that a person reads of the last message, as the vendor got it."""
        raise AssertionError("the subclass says")

    @pytest.fixture
    async def fake(self) -> AsyncIterator[Any]:
        """A running fake, whose published schema must not have been broken at the end."""
        fake = await self.vendor().start()
        yield fake
        await fake.stop()
        assert fake.problems == []

    @pytest.fixture
    async def channel(self, fake: Any) -> AsyncIterator[Channel]:
        """The channel with timeouts that no test reaches."""
        channel = self.make(fake)
        yield channel
        await channel.close()

    async def fails(
        self, channel: Channel, fake: Any, how: Behaviour, sent: Message | None = None
    ) -> SendError:
        """Send once against a misbehaving vendor. Checks that one request was made of it."""
        before = len(fake.received)
        fake.script(how)
        with pytest.raises(SendError) as caught:
            await channel.send(sent or message(), self.target, None)
        assert len(fake.received) == before + 1, "one request a call: the outbox tries again"
        self.holds_no_secret(caught.value)
        return caught.value

    def holds_no_secret(self, error: SendError) -> None:
        """Promise 10: the secret is in nothing that hangs on the error, chained ones included."""
        seen: BaseException | None = error
        while seen is not None:
            assert self.secret not in f"{seen!r} {seen} {vars(seen)}"
            seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)

    async def test_it_delivers_once_and_gives_a_receipt(self, channel: Channel, fake: Any) -> None:
        """A message reaches the vendor in one request, and the receipt is text to be stored."""
        receipt = await channel.send(message(), self.target, None)
        assert len(fake.received) == len(fake.accepted) == 1
        assert all(isinstance(k, str) and isinstance(v, str) for k, v in receipt.items())

    async def test_it_takes_its_own_receipt_back(self, channel: Channel, fake: Any) -> None:
        """The receipt of one delivery serves the next."""
        receipt = await channel.send(message(), self.target, None)
        again = await channel.send(message(kind=NoticeKind.REPEAT), self.target, receipt)
        assert again
        assert all(request.accepted for request in fake.received)

    async def test_every_kind_it_accepts_is_delivered(self, channel: Channel, fake: Any) -> None:
        """Promise 14: there is nothing that a channel accepts and cannot say."""
        for kind in NoticeKind:
            if channel.accepts(kind, quiet=False):
                await channel.send(message(kind=kind), self.target, None)
        assert fake.received
        assert all(request.accepted for request in fake.received)

    def test_channel_has_the_spec_of_its_name(self, channel: Channel) -> None:
        """Grammar, templates, commands and pages read the same spec as the channel."""
        assert channel.spec is CHANNELS[self.target.channel]

    async def test_a_vendor_that_never_answers_is_given_up(self, fake: Any) -> None:
        """Promise 13: a hanging vendor costs a timeout, and the attempt is perhaps delivered."""
        channel = self.make(fake, timeout=SHORT)
        error = await self.fails(channel, fake, Behaviour(hang="after"))
        assert (error.failure, error.perhaps) == (Failure.TIMEOUT, True)
        assert len(fake.accepted) == 1, "it was delivered in fact: that is what perhaps means"
        await channel.close()

    async def test_a_vendor_that_drips_is_given_up(self, fake: Any) -> None:
        """A server that sends a byte now and then does not hold the call for ever."""
        channel = self.make(fake, timeout=SHORT)
        error = await self.fails(channel, fake, Behaviour(drip=True))
        assert (error.failure, error.perhaps) == (Failure.TIMEOUT, True)
        await fake.stop()
        await channel.close()

    async def test_dripping_answers_do_not_use_up_the_channel(self, fake: Any) -> None:
        """E49: twice as many endless answers as the channel sends at once cost their deadlines.

        The next message leaves, and no thread stays behind.
        """
        before = set(threading.enumerate())
        channel = self.make(fake, timeout=SHORT)
        fake.default = Behaviour(drip=True)
        for _ in range(2):
            sends = (channel.send(message(), self.target, None) for _ in range(channel.in_flight))
            await asyncio.wait_for(asyncio.gather(*sends, return_exceptions=True), LONG)
        fake.default = None
        await channel.close()
        assert _left(before) == set(), "the vendor still drips, the threads are gone"
        patient = self.make(fake)
        await patient.send(message(), self.target, None)
        await patient.close()

    async def test_nobody_listening_is_surely_not_delivered(self) -> None:
        """A refused connection: a later attempt doubles nothing."""
        fake = await self.vendor().start()
        channel = self.make(fake)
        await fake.stop()
        with pytest.raises(SendError) as caught:
            await channel.send(message(), self.target, None)
        assert (caught.value.failure, caught.value.perhaps) == (Failure.CONNECTION, False)
        self.holds_no_secret(caught.value)
        await channel.close()

    async def test_hostile_labels_come_out_harmless(self, channel: Channel, fake: Any) -> None:
        """E17: mentions, HTML, line ends, direction marks, braces, 10 kB: sent, and only text."""
        await channel.send(hostile(), self.target, None)
        assert all(request.accepted for request in fake.received), fake.received
        assert len(fake.received) == 1, "accepted as it is, not only by a fallback"
        text = self.sent_text(fake)
        for mark in self.unwanted:
            assert mark not in text, mark
        assert self.braces in text, "a label is never evaluated as a template"
        assert 'href="javascript:' not in text

    async def test_too_much_content_is_cut_and_says_so(self, channel: Channel, fake: Any) -> None:
        """E12, E13: over the vendor's limits nothing fails: it is cut, and says by how much."""
        await channel.send(oversized(), self.target, None)
        assert len(fake.received) == len(fake.accepted) == 1
        assert self.cut_mark in self.sent_text(fake)

    async def test_missing_facts_and_words_do_not_stop_it(
        self, channel: Channel, fake: Any
    ) -> None:
        """E16: a notice of an older release or with empty templates still goes out."""
        for facts in ({}, {"alerts": "?", "common_labels": 3, "since": "x", "alerts_": [{}]}):
            bare = message(parts={}, facts=facts, links=())
            await channel.send(bare, self.target, None)
        assert len(fake.accepted) == 2

    async def test_as_many_sends_as_it_says_run_at_once(
        self, fake: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A slow vendor holds `in_flight` sends, and one of them never waits for another."""
        channel = self.make(fake)
        gate = asyncio.Event()
        fake.script(*(Behaviour(wait=gate) for _ in range(channel.in_flight)))
        sends = [
            asyncio.ensure_future(channel.send(message(notice_id=n), self.target, None))
            for n in range(channel.in_flight)
        ]
        await asyncio.wait_for(fake.arrived(channel.in_flight), LONG)
        gate.set()
        await asyncio.gather(*sends)
        assert len(fake.accepted) == channel.in_flight
        await channel.close()
        assert caplog.text == "", "urllib3 warns when its pool is smaller than that"

    async def test_closing_leaves_nothing_behind(self, fake: Any) -> None:
        """After close no thread and no connection is left."""
        before = set(threading.enumerate())
        channel = self.make(fake)
        await channel.send(message(), self.target, None)
        await channel.close()
        assert _left(before) == set()
        del channel
        gc.collect()  # an unclosed session would warn, and warnings are errors

    async def test_a_send_that_is_cancelled_leaves_nothing_behind(self, fake: Any) -> None:
        """Promise 3: at shutdown a send may be cancelled; close still comes back."""
        channel = self.make(fake)
        gate = asyncio.Event()
        fake.script(Behaviour(wait=gate))
        send = asyncio.ensure_future(channel.send(message(), self.target, None))
        await asyncio.wait_for(fake.arrived(1), LONG)
        send.cancel()
        with pytest.raises(asyncio.CancelledError):
            await send
        gate.set()
        await channel.close()


def _left(before: set[threading.Thread]) -> set[threading.Thread]:
    """Threads that are new since and do not end; one that has done its work may need a moment."""
    for thread in set(threading.enumerate()) - before:
        thread.join(JOIN)
    return set(threading.enumerate()) - before
