"""Log lines of an attempt: each names its notice, also lines of SDKs."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from gateway import log
from gateway.channels.support.threads import Threads
from gateway.core.incidents.message import Message
from gateway.core.incidents.retry import SendError
from gateway.core.plan.plan import Target
from tests.flow.world import World, alert

FIELDS = {"notice": 1, "incident": 1001, "kind": "firing", "reason": "first"}


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The log of this test; the process's logging is left as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    log.setup(stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def records(stream: io.StringIO, message: str) -> list[dict[str, object]]:
    """Return the records with this message."""
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [line for line in lines if line["message"] == message]


async def test_a_line_of_an_sdk_names_the_notice(
    world: World, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An SDK knows no incident; its warning during a send carries the fields of our own lines."""

    def warn(name: str, message: Message, target: Target) -> SendError | None:
        logging.getLogger("slack_sdk").warning("rate limited")
        return None

    monkeypatch.setattr(world, "failing", warn)
    await world.post(alert())
    await world.engine.dispatcher.dispatch_once()
    for sender in world.engine.senders.values():
        await sender.drain()
    delivered, of_sdk = records(stream, "delivered"), records(stream, "rate limited")
    assert len(delivered) == len(of_sdk) > 1
    named = [{key: line[key] for key in (*FIELDS, "channel")} for line in delivered]
    assert FIELDS.items() <= named[0].items()
    assert [{key: line[key] for key in named[0]} for line in of_sdk] == named


async def test_a_line_of_an_sdk_in_a_thread_names_the_notice(stream: io.StringIO) -> None:
    """Postmark's and PagerDuty's SDKs run in threads, which start with the context of the call."""
    log.bind_fields(incident=1042)
    pool = Threads("email", 1, 5.0)
    await pool.call(lambda: logging.getLogger("postmarker").warning("slow"))
    await pool.close()
    assert [line["incident"] for line in records(stream, "slow")] == [1042]
