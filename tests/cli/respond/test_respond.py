"""The commands that act on an incident of a running gateway."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.world import MINUTE, ROUTES, World, alert
from tests.web.real import served

TEAMS = """
teams:
  billing: {name: Billing, matchers: ['team="billing"'], members: [ana]}
  platform: {name: Platform, matchers: ['team="platform"']}
"""
Running = tuple[World, Any]


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """A served gateway with two notified incidents, 1001 and 1002."""
    async with served(tmp_path, ROUTES + TEAMS) as (world, client):
        await world.post(alert(), alert("PaymentErrors"))
        await world.advance(MINUTE)
        yield world, client


@pytest.mark.parametrize(
    ("words", "printed", "undo"),
    [
        (["snooze", "1001", "--for", "2h"], "snoozed", "unsnooze 1001"),
        (["resolve", "1001", "--why", "done"], "resolved", "reopen 1001"),
        (["merge", "1002", "1001"], "merged", "unmerge 1002"),
        (["link", "1002", "1001"], "linked", "unlink 1002 1001"),
        (["useful", "1001"], "marked useful", "unrate 1001"),
        (["noise", "1001"], "marked as noise", "unrate 1001"),
    ],
)
async def test_action_prints_its_result_and_its_undo(
    running: Running, words: list[str], printed: str, undo: str
) -> None:
    """The command that is printed undoes the action."""
    text = await fine_at(*running, *words, "--as", "ana")
    number = words[1]
    assert text.startswith(f"#{number} {printed}   (")
    assert f"to undo: gateway {undo} --as ana" in text
    await fine_at(*running, *undo.split(), "--as", "ana")


async def test_handover_is_declined_and_accepted(running: Running) -> None:
    """The offer, its refusal, and its acceptance by `ack`."""
    unheld = await at(*running, "handover", "1001", "ben", "--as", "ana")
    assert (unheld.exit_code, "not acknowledged" in unheld.stderr) == (1, True)
    await fine_at(*running, "ack", "1001", "--as", "ana")
    text = await fine_at(*running, "handover", "1001", "ben", "--as", "ana", "--text", "I leave")
    assert "#1001 handed over" in text
    assert "handover ended" in await fine_at(*running, "decline", "1001", "--as", "ben")
    await fine_at(*running, "handover", "1001", "ben", "--as", "ana")
    assert "#1001 taken over" in await fine_at(*running, "ack", "1001", "--as", "ben")


async def test_acknowledgement_is_extended(running: Running) -> None:
    """`extend` without a time lets it hold as long as a new one."""
    await fine_at(*running, "ack", "1001", "--as", "ana")
    again = await at(*running, "extend", "1001", "--for", "1h", "--as", "ana")
    assert (again.exit_code, "already holds until" in again.stderr) == (1, True)
    longer = await fine_at(*running, "extend", "1001", "--for", "48h", "--as", "ana", "--json")
    assert json.loads(longer)["answer"] == "acknowledgement extended"


async def test_others_are_called(running: Running) -> None:
    """`escalate` takes a step, `page` names people; for a wrong name the nearest is suggested."""
    assert "#1001 escalated" in await fine_at(*running, "escalate", "1001", "--as", "ana")
    assert "#1001 paged" in await fine_at(*running, "page", "1001", "ben", "--as", "ana")
    wrong = await at(*running, "page", "1001", "bem", "--as", "ana")
    assert (wrong.exit_code, 'did you mean "person:ben"' in wrong.stderr) == (1, True)


async def test_page_without_alert_prints_the_new_incident(running: Running) -> None:
    """It names team and receiver; wrong usage has exit status 2."""
    words = ("page", "--team", "billing", "customers cannot pay", "--as", "dee")
    text = await fine_at(*running, *words)
    assert text.startswith("#1003 opened for Billing, receiver billing")
    assert "customers cannot pay" in text
    unknown = await at(*running, "page", "--team", "biling", "x", "--as", "dee")
    assert (unknown.exit_code, "did you mean billing?" in unknown.stderr) == (1, True)
    assert (await at(*running, "page", "1001", "--as", "dee")).exit_code == 2
    assert (await at(*running, "page", "--team", "billing", "a", "b", "--as", "d")).exit_code == 2


async def test_comment_and_team(running: Running) -> None:
    """Both say what was done; an unknown team is refused."""
    text = await fine_at(*running, "comment", "1001", "the refund job runs", "--as", "ana")
    assert "#1001 commented" in text
    assert "the refund job runs" in await fine_at(*running, "explain", "1001")
    assert "team changed" in await fine_at(*running, "team", "1001", "platform", "--as", "ana")
    wrong = await at(*running, "team", "1001", "plattform", "--as", "ana")
    assert (wrong.exit_code, "did you mean platform?" in wrong.stderr) == (1, True)


async def test_action_on_a_merged_incident_says_where_it_went(running: Running) -> None:
    """The printed line names both incidents."""
    await fine_at(*running, "merge", "1002", "1001", "--as", "ana")
    text = await fine_at(*running, "snooze", "1002", "--for", "1h", "--as", "ana")
    assert text.startswith("#1002 is merged into #1001 snoozed")


async def test_end_is_given_once(running: Running) -> None:
    """--for and --until together, and neither, are wrong usage."""
    both = ("snooze", "1001", "--for", "1h", "--until", "+2h", "--as", "ana")
    assert (await at(*running, *both)).exit_code == 2
    assert (await at(*running, "snooze", "1001", "--as", "ana")).exit_code == 2
    assert (await at(*running, "snooze", "1001", "--for", "soon", "--as", "ana")).exit_code == 2
