"""The slash commands: who is on call, and what is open."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.world import ROUTES, alert
from tests.web.slack.requests import command
from tests.web.slack.workspace import Workspace, workspace

TEAMS = (
    ROUTES.replace("members: [ana]", "members: [ana, ben]")
    + """
teams:
  pay: {name: Payments, match: ['team="billing"'], members: [ana], rotas: [billing]}
"""
)


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Workspace]:
    """Yield a workspace with three incidents, one of them acknowledged."""
    async with workspace(tmp_path, TEAMS.replace("match:", "matchers:")) as made:
        await made.world.post(alert(), alert("Slow <!here>", "warning"), alert("Disk", "info"))
        await made.world.advance(60.0)
        await made.world.ack(1001)
        yield made


async def ask(slack: Workspace, name: str, text: str = "", user: str = "U0ANA") -> str:
    """Run a command; return the text that the user alone is shown."""
    answer = await slack.post(command(name, text, user), "commands")
    assert answer.status == 200
    content = await answer.json()
    assert content["response_type"] == "ephemeral"
    return str(content["text"])


@pytest.mark.parametrize("argument", ["", "billing", "pay", "PAYMENTS"])
async def test_oncall_says_who_is_now_and_who_is_next(slack: Workspace, argument: str) -> None:
    """All rotas, one rota, or those of a team by id or name."""
    text = await ask(slack, "oncall", argument)
    assert "*billing*: Ben until Mon 23 Nov, 08:00 UTC, then Ana" in text


async def test_oncall_names_the_nearest_for_an_unknown_name(slack: Workspace) -> None:
    """A slip is answered with what exists, and cannot mention anybody."""
    text = await ask(slack, "gw-oncall", "biling <!channel>")
    assert "There is no rota or team biling &lt;!channel&gt;." in text
    assert "Known: billing, pay." in text


async def test_incidents_lists_unacknowledged_first_with_links(slack: Workspace) -> None:
    """Then by severity; titles are escaped."""
    lines = (await ask(slack, "incidents")).splitlines()
    assert [line[line.index("|") + 1 : line.index(">")] for line in lines] == [
        "#1002",
        "#1003",
        "#1001",
        "All incidents",
    ]
    assert "&lt;!here&gt;" in lines[0]
    assert "acknowledged by Ana" in lines[2]


async def test_incidents_of_a_team(slack: Workspace) -> None:
    """Only the team's, or those without a team."""
    assert "#1002" in await ask(slack, "incidents", "pay")
    assert "There is no team other." in await ask(slack, "incidents", "other")


async def test_unknown_user_is_answered_with_how_to_be_known(slack: Workspace) -> None:
    """Who is on call is no secret in the workspace; acting needs a person."""
    text = await ask(slack, "oncall", user="U0NEW")
    assert "Ben until" in text
    assert "`slack: U0NEW`" in text


async def test_other_command_explains_both(slack: Workspace) -> None:
    """An app may send anything here."""
    assert "/oncall" in await ask(slack, "help")


async def test_ssl_check_is_answered(slack: Workspace) -> None:
    """Slack asks so now and then."""
    assert (await slack.post(b"ssl_check=1&token=x", "commands")).status == 200
