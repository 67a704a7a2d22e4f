"""`gateway oncall` answers with the function that also pages."""

from pathlib import Path

import pytest

from tests.cli.console import fine, fine_json, gateway

ROTAS = """\
people:
  ana: {name: Ana, email: ana@example.com}
  ben: {name: Ben, email: ben@example.com}
rotas:
  office:
    timezone: Europe/Berlin
    layers:
      - members: [ana, ben]
        rotate: daily
        handover: "09:00"
        start: 2026-03-23
        restrictions: [{weekdays: [mon-fri], from: "09:00", to: "17:00"}]
    overrides:
      - {person: ben, beside: true, from: 2026-03-27 12:00, to: 2026-03-27 14:00}
  far:
    timezone: Asia/Seoul
    layers: [{members: [ana], start: 2026-01-05}]
receivers: [{name: nobody}]
route: {receiver: nobody}
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A file with a rota of office hours, and one in Seoul."""
    path = tmp_path / "routes.yaml"
    path.write_text(ROTAS)
    return str(path)


def test_it_says_who_is_on_call_since_and_until_when_and_who_is_next() -> None:
    """All rotas in one table, each in its own zone."""
    row = fine("oncall").splitlines()[1]
    assert " ".join(row.split()) == (
        "billing Ben Mon 16 Nov, 09:00 CET Mon 23 Nov, 09:00 CET Ana layer 1"
    )
    [billing, platform] = fine_json("oncall")
    assert billing["on_call"] == [{"id": "ben", "name": "Ben"}]
    assert (billing["since"], billing["until"]) == ("2026-11-16T08:00:00Z", "2026-11-23T08:00:00Z")
    assert billing["next"] == {"id": "ana", "name": "Ana"}
    assert platform["timezone"] == "UTC"


def test_a_time_without_a_zone_is_on_the_rotas_wall_clock(file: str) -> None:
    """09:30 in Berlin and 09:30 in Seoul are two instants."""
    office, far = fine_json("oncall", "--at", "2026-03-24 09:30", "--config", file)
    assert office["at"] == "2026-03-24T08:30:00Z"
    assert far["at"] == "2026-03-24T00:30:00Z"
    assert office["on_call"][0]["id"] == "ben"
    assert (office["since"], office["until"], office["next"]) == (
        "2026-03-24T08:00:00Z",
        "2026-03-24T16:00:00Z",
        None,
    )


def test_everybody_who_is_next_is_named(file: str) -> None:
    """Who is put beside somebody comes with them."""
    said = fine("oncall", "office", "--at", "2026-03-27 11:30", "--config", file)
    row = " ".join(said.splitlines()[1].split())
    assert row == "office Ana 09:00 CET 12:00 CET Ana, Ben layer 1"
    said = fine("oncall", "office", "--at", "2026-03-27 16:30", "--config", file)
    assert " nobody " in said


def test_shifts_name_their_gaps_and_who_is_beside(file: str) -> None:
    """The table leaves nothing out; a stretch without anybody says so."""
    asked = ("oncall", "office", "--from", "2026-03-27", "--to", "2026-03-28", "--config", file)
    shifts = fine_json(*asked)
    assert [[one["id"] for one in shift["on_call"]] for shift in shifts] == [
        [],
        ["ana"],
        ["ana", "ben"],
        ["ana"],
        [],
    ]
    assert shifts[2]["from"] == "2026-03-27T11:00:00Z"
    assert shifts[0]["to"] == shifts[1]["from"]
    row = fine(*asked).splitlines()[1]
    assert " ".join(row.split()) == "office Fri 2026-03-27 00:00 Fri 2026-03-27 09:00 9 h nobody"


def test_the_calendar_has_a_line_for_each_day(file: str) -> None:
    """Promise 12: the day on which the clocks go forward (29 March 2026) is one line like any."""
    said = fine(
        "oncall",
        "office",
        "--from",
        "2026-03-27",
        "--to",
        "2026-03-31",
        "--calendar",
        "--config",
        file,
    )
    lines = [line.strip() for line in said.splitlines()]
    assert lines == [
        "office   (Europe/Berlin)",
        "Fri 2026-03-27   00:00 nobody   09:00 Ana   12:00 Ana + Ben   14:00 Ana   17:00 nobody",
        "Sat 2026-03-28   00:00 nobody",
        "Sun 2026-03-29   00:00 nobody",
        "",
        "Mon 2026-03-30   00:00 nobody   09:00 Ben   17:00 nobody",
    ]


def test_json_and_table_stand_without_colours_in_a_pipe() -> None:
    """No escape sequence reaches a file or another program."""
    assert "\x1b" not in fine("oncall")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bilings",), "did you mean billing?"),
        (("--at", "now", "--from", "now"), "--at prints one instant"),
        (("--from", "+2d", "--to", "+1d"), "--to must be later"),
        (("--from", "now", "--to", "+9y"), "more than 400 days"),
        (("--at", "noon"), "is not a time"),
    ],
)
def test_what_cannot_be_answered_is_wrong_usage(arguments: tuple[str, ...], said: str) -> None:
    """Exit status 2, with what to write instead."""
    result = gateway("oncall", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
