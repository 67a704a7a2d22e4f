"""Labels of any name: explained, silenced, and copied from the output of commands."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.console import gateway
from tests.flow.world import MINUTE, World, alert
from tests.web.real import Client, served

Running = tuple[World, Client]
NAMES = ["my label", "a,b", "a{b", 'a"b', "π", "a/b"]
VALUES = ["x y", 'say "x"', "a\tb", "x  y", "\u202ex"]


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    async with served(tmp_path) as (world, client):
        odd = [alert("Odd", **{name: "x y"}) for name in NAMES]
        odd += [alert("OddValue", **{"my label": value}) for value in VALUES[1:]]
        await world.post(*odd, alert("Plain"))
        await world.advance(MINUTE)
        yield world, client


async def run(running: Running, *arguments: str) -> Result:
    world, client = running
    url = str(client.make_url("/"))
    return await asyncio.to_thread(gateway, *arguments, "--url", url, now=world.now, USER="ana")


async def fine(running: Running, *arguments: str) -> str:
    result = await run(running, *arguments)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


def printed(text: str, word: str) -> str:
    """The first line that has the word, from its opening brace to its closing one."""
    return next(match[0] for line in text.splitlines() if word in line
                if (match := re.search(r"\{.*\}", line)))  # fmt: skip


async def test_alert_is_explained_by_a_label_of_any_name(running: Running) -> None:
    """Promise 2: the name needs no quotes where it is typed as LABEL=VALUE."""
    for name in NAMES:
        text = await fine(running, "explain", f"{name}=x y")
        assert "Alerts with these labels: 1, firing now: 1." in text
        assert "Incident #1001, firing" in text


async def test_labels_printed_by_explain_explain_the_same_alert(running: Running) -> None:
    """E17: copied from the output, in single quotes, for any name and value."""
    cases = [(name, "x y") for name in NAMES] + [("my label", value) for value in VALUES]
    for name, value in cases:
        text = await fine(running, "explain", f"{name}={value}")
        assert "labels: 1, firing" in text
        again = await fine(running, "explain", printed(text, "alertname"))
        assert again == text


async def test_silence_is_created_and_listed_by_a_label_of_any_name(running: Running) -> None:
    """What `silence add`, `list` and `expire` print is a matcher again."""
    for name in NAMES:
        made = await fine(running, "silence", "add", f"{name}=x y", "--for", "1h", "--why", "new")
        assert "1 alert that fires now:" in made
        matchers = printed(made, "x y")
        assert "1 alert that fires now:" in await fine(
            *(running, "silence", "add", matchers, "--for", "1h", "--why", "new", "--dry-run"),
        )
        for arguments in (f"{name}=x y", matchers):
            listed = await fine(running, "silence", "list", arguments)
            assert matchers in listed
        assert matchers not in await fine(running, "silence", "list", f"{name}=other")
        match = re.search(r"gateway silence expire (\S+)", made)
        assert match
        ended = await fine(running, "silence", "expire", match[1])
        assert printed(ended, "expired at") == matchers


async def test_labels_printed_by_incidents_can_be_silenced(running: Running) -> None:
    """People copy labels from the alerts of an incident."""
    text = await fine(running, "incidents", "1001")
    copied = next(line for line in text.splitlines() if '"my label"="x y"' in line)
    labels = printed(copied, "my label")
    arguments = ("silence", "add", labels, "--for", "1h", "--why", "new", "--dry-run")
    assert "1 alert that fires now:" in await fine(running, *arguments)


def test_route_reads_labels_as_they_are_printed() -> None:
    """Quoted or bare, in one argument or in several."""
    outputs = {
        gateway("route", *arguments).stdout
        for arguments in (
            ("my label=x y", "team=billing"),
            ('{team="billing", "my label"="x y"}',),
            ('"my label"="x y"', 'team="billing"'),
        )
    }
    assert len(outputs) == 1
    assert '"my label"="x y"' in outputs.pop()


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        ('"team=billing', "the closing quote is missing"),
        ("team=~bill.*", "not a pattern"),
        ('{team!="x"}', "each with ="),
    ],
)
def test_invalid_label_is_refused_with_what_to_write(argument: str, text: str) -> None:
    """Exit status 2, before any request."""
    result = gateway("route", argument)
    assert result.exit_code == 2
    assert text in result.stderr
