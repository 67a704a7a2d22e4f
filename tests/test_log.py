"""Logs are readable by machines and people, and never carry a secret."""

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any

import pytest

from gateway import log

TOKEN = "test-postmark-token"
LINK = "http://gateway.example.com/ack/AQAAAAAAAAQSAAAAAGk-_x"

Logged = Callable[..., str]


@pytest.fixture(autouse=True)
def _own_logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test has its own secrets, and leaves the process's logging as it was."""
    monkeypatch.setattr(log, "_secrets", log._SecretPattern())
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in log.QUIET_LOGGERS}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, value in levels.items():
        logging.getLogger(name).setLevel(value)


@pytest.fixture(params=["json", "human"])
def logged(request: pytest.FixtureRequest) -> Logged:
    """Logs one record in one of the two forms and gives what was written."""

    def write(*args: Any, level: int = logging.INFO, **kwargs: Any) -> str:
        stream = io.StringIO()
        log.setup("DEBUG", json=request.param == "json", stream=stream)
        logging.getLogger("gateway.test").log(level, *args, **kwargs)
        return stream.getvalue()

    return write


def test_a_json_record_is_one_object_on_one_line() -> None:
    """A log collector reads level, logger, time, message and extra fields without parsing text."""
    stream = io.StringIO()
    log.setup(stream=stream)
    logging.getLogger("gateway.flow").warning("sent %s", "late\ntwice", extra={"incident": 1042})
    (line,) = stream.getvalue().splitlines()
    record = json.loads(line)
    assert record.pop("time").endswith("Z")
    assert record == {
        "level": "WARNING",
        "logger": "gateway.flow",
        "message": "sent late\ntwice",
        "incident": 1042,
    }


@pytest.mark.parametrize("odd", ["half \ud83d", 2**70])
def test_a_value_that_json_refuses_is_still_logged(odd: object) -> None:
    """A record is not lost because of a sender's label."""
    stream = io.StringIO()
    log.setup(stream=stream)
    logging.getLogger("gateway.flow").warning("odd", extra={"value": odd})
    assert json.loads(stream.getvalue())["value"] == odd


def test_a_human_record_is_one_line_with_its_fields() -> None:
    """A person at a terminal sees message and fields; foreign text cannot forge line or colour."""
    stream = io.StringIO()
    log.setup(json=False, stream=stream)
    logging.getLogger("gateway.flow").info(
        "sent %s", "a\nb \x1b[31m", extra={"incident": 1042, "why": "a b"}
    )
    (line,) = stream.getvalue().splitlines()
    assert line.endswith(r' INFO    gateway.flow: sent a\nb \x1b[31m incident=1042 why="a b"')


@pytest.mark.parametrize(
    ("args", "extra"),
    [
        ((f"token {TOKEN} refused",), {}),
        (("token %s refused", TOKEN), {}),
        (("refused",), {"settings": {"headers": [f"Bearer {TOKEN}"]}}),
        (("refused",), {"error": ValueError(TOKEN)}),
    ],
    ids=["message", "argument", "nested field", "error as field"],
)
def test_a_secret_is_masked_in_every_part_of_a_record(
    logged: Logged, args: Any, extra: Any
) -> None:
    """Promise 10: a registered secret never reaches the log."""
    log.add_secret(TOKEN)
    text = logged(*args, extra=extra)
    assert TOKEN not in text
    assert log.MASK in text


def test_a_secret_in_a_traceback_is_masked(logged: Logged) -> None:
    """Promise 10: an SDK's exception that quotes the token is logged without it."""
    log.add_secret(TOKEN)
    try:
        raise RuntimeError(f"401 for {TOKEN}")
    except RuntimeError:
        text = logged("sending failed", level=logging.ERROR, exc_info=True)
    assert "Traceback" in text
    assert "401 for ***" in text
    assert TOKEN not in text


def test_a_secret_inside_a_url_is_masked(logged: Logged) -> None:
    """Promise 10: quoting for a URL does not uncover a secret."""
    log.add_secret("hook/T0 &B1")
    text = logged("POST https://hooks.example.com/%s", "hook%2FT0%20%26B1")
    assert "%26B1" not in text


def test_a_secret_that_begins_with_another_is_masked_whole() -> None:
    """Promise 10: a secret that begins with another leaves no tail behind."""
    log.add_secret("test-token")
    log.add_secret("test-token-long")
    assert log.redact("test-token-long test-token") == "*** ***"


def test_a_very_short_value_is_not_treated_as_a_secret() -> None:
    """A password "a" would mask every "a", and so reveal itself."""
    log.add_secret("a")
    log.add_secret("")
    assert log.redact("an alert") == "an alert"


@pytest.mark.parametrize("purpose", ["ack", "swap", "feeds"])
@pytest.mark.parametrize("link", [LINK, LINK.replace("/", "%2F"), LINK.upper()])
def test_the_token_of_a_signed_link_is_masked(logged: Logged, link: str, purpose: str) -> None:
    """E19: a reader of the log cannot acknowledge or swap in another's name, or read a feed."""
    link = link.replace("ack", purpose).replace("ACK", purpose.upper())
    text = logged("GET %s?from=mail", link)
    assert link.rpartition("k/")[2].rpartition("F")[2] not in text
    assert "AAAAAA" not in text
    assert "***?from=mail" in text


@pytest.mark.parametrize("name", log.QUIET_LOGGERS)
def test_chatty_libraries_stay_quiet_at_debug(name: str) -> None:
    """Promise 10: SDKs log whole requests at DEBUG; the gateway's level does not enable that."""
    stream = io.StringIO()
    log.setup("debug", stream=stream)
    logging.getLogger(name).info("Authorization: Bearer …")
    logging.getLogger(name).warning("slow")
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["slow"]


def test_bound_fields_are_in_each_record_of_the_context(logged: Logged) -> None:
    """A line of a library names the notice that it is about, and keeps its own fields."""

    def write() -> str:
        log.bind_fields(notice=17, channel="slack")
        log.bind_fields(incident=1042)
        return logged("rate limited", extra={"channel": "email"})

    text = copy_context().run(write)
    for field in ("notice", "17", "incident", "1042", "channel", "email"):
        assert field in text
    assert "slack" not in text
    assert "1042" not in logged("another context")


def test_bound_fields_are_masked(logged: Logged) -> None:
    """Promise 10: a registered secret never reaches the log."""
    log.add_secret(TOKEN)

    def write() -> str:
        log.bind_fields(target=f"hook {TOKEN}")
        return logged("delivered")

    text = copy_context().run(write)
    assert TOKEN not in text
    assert log.MASK in text


async def test_tasks_do_not_share_bound_fields() -> None:
    """Each of two attempts at once is logged with its own incident."""
    stream = io.StringIO()
    log.setup(stream=stream)

    async def attempt(incident: int) -> None:
        log.bind_fields(incident=incident)
        await asyncio.sleep(0)
        logging.getLogger("gateway.test").info("delivered %d", incident)

    await asyncio.gather(attempt(1), attempt(2))
    records = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert sorted((one["message"], one["incident"]) for one in records) == [
        ("delivered 1", 1),
        ("delivered 2", 2),
    ]


def test_a_second_setup_writes_each_record_once() -> None:
    """A second set-up replaces the first, so no record is written twice."""
    first, second = io.StringIO(), io.StringIO()
    log.setup(stream=first)
    log.setup(stream=second)
    logging.getLogger("gateway.test").info("hello")
    assert first.getvalue() == ""
    assert len(second.getvalue().splitlines()) == 1


def test_an_unknown_level_is_refused_with_the_valid_ones() -> None:
    """A typo in the level is an error that says what to write."""
    with pytest.raises(ValueError, match="'LOUD': use DEBUG, INFO"):
        log.setup("LOUD")


def test_direction_marks_are_printed_as_escapes(logged: Logged) -> None:
    """E17: a label in the log cannot appear as another one, nor hide a part of itself."""
    value = "invoice\u202egnp.exe\u200b\u2066\ufeff\U000e0041\x1b[8m"
    written = logged("refused %s", value, extra={"label": value})
    assert not set(written) & set("\u202e\u200b\u2066\ufeff\U000e0041\x1b")
    assert written.count("u202egnp.exe") == 2
    assert written.count("\n") == 1


def test_muted_context_writes_errors_only(logged: Logged) -> None:
    """A gateway in virtual time does not write about messages that nobody was sent."""

    def write() -> tuple[str, str]:
        log.mute_context()
        return logged("delivered"), logged("a fault", level=logging.ERROR)

    dropped, written = copy_context().run(write)
    assert dropped == ""
    assert "a fault" in written
    assert "delivered" in logged("delivered")
