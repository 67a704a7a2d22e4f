"""`gateway oncall`: answers by the function that also pages."""

from pathlib import Path

import pytest

from gateway.cli.support import output
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


def test_oncall_prints_since_until_and_the_next_person() -> None:
    """All rotas in one table, each in its own zone."""
    row = fine("oncall", "--file").splitlines()[1]
    assert " ".join(row.split()) == (
        "billing Ben Mon 16 Nov, 09:00 CET Mon 23 Nov, 09:00 CET Ana layer 1"
    )
    [billing, platform] = fine_json("oncall", "--file")
    assert billing["on_call"] == [{"id": "ben", "name": "Ben"}]
    assert (billing["since"], billing["until"]) == ("2026-11-16T08:00:00Z", "2026-11-23T08:00:00Z")
    assert billing["next"] == {"id": "ana", "name": "Ana"}
    assert platform["timezone"] == "UTC"


def test_time_without_a_zone_is_on_the_rotas_wall_clock(file: str) -> None:
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


def test_all_next_people_are_named(file: str) -> None:
    """A person beside another one is named too."""
    text = fine("oncall", "office", "--at", "2026-03-27 11:30", "--config", file)
    row = " ".join(text.splitlines()[1].split())
    assert row == "office Ana 09:00 CET 12:00 CET Ana, Ben layer 1"
    text = fine("oncall", "office", "--at", "2026-03-27 16:30", "--config", file)
    assert " nobody " in text


def test_allowed_gaps_are_not_red(
    tmp_path: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rota that means to have gaps is no alarm, in any of the forms."""
    monkeypatch.setattr(output, "coloured", lambda: True)
    # A runner of click removes real colours.
    monkeypatch.setattr(output.click, "style", lambda text, fg, bold: f"<{fg}>{text}")
    allowed = tmp_path / "allowed.yaml"
    allowed.write_text(ROTAS.replace("  office:\n", "  office:\n    gaps: allowed\n"))
    for arguments in (
        ("--at", "2026-03-27 16:30"),
        ("--from", "2026-03-27", "--to", "2026-03-28"),
        ("--from", "2026-03-27", "--to", "2026-03-28", "--calendar"),
    ):
        command = ("oncall", "office", *arguments, "--config")
        assert "<red>" in fine(*command, file)
        assert "<red>" not in fine(*command, str(allowed))


def test_shifts_include_gaps_and_additional_people(file: str) -> None:
    """The table omits nothing, and a gap is printed as "nobody"."""
    arguments = ("oncall", "office", "--from", "2026-03-27", "--to", "2026-03-28", "--config", file)
    shifts = fine_json(*arguments)
    assert [[one["id"] for one in shift["on_call"]] for shift in shifts] == [
        [],
        ["ana"],
        ["ana", "ben"],
        ["ana"],
        [],
    ]
    assert shifts[2]["from"] == "2026-03-27T11:00:00Z"
    assert shifts[0]["to"] == shifts[1]["from"]
    row = fine(*arguments).splitlines()[1]
    assert " ".join(row.split()) == "office Fri 2026-03-27 00:00 Fri 2026-03-27 09:00 9 h nobody"


def test_calendar_has_a_line_for_each_day(file: str) -> None:
    """Promise 12: the day on which clocks go forward (29 March 2026) is one line too."""
    text = fine(
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
    lines = [line.strip() for line in text.splitlines()]
    assert lines == [
        "office   (Europe/Berlin)",
        "Fri 2026-03-27   00:00 nobody   09:00 Ana   12:00 Ana + Ben   14:00 Ana   17:00 nobody",
        "Sat 2026-03-28   00:00 nobody",
        "Sun 2026-03-29   00:00 nobody",
        "",
        "Mon 2026-03-30   00:00 nobody   09:00 Ben   17:00 nobody",
    ]


def test_output_in_a_pipe_has_no_colours() -> None:
    """No escape sequence reaches a file or another program."""
    assert "\x1b" not in fine("oncall", "--file")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("bilings",), "did you mean billing?"),
        (("--at", "now", "--from", "now"), "--at prints one instant"),
        (("--from", "+2d", "--to", "+1d"), "--to must be later"),
        (("--from", "now", "--to", "+9y"), "more than 400 days"),
        (("--at", "noon"), "is not a time"),
    ],
)
def test_wrong_usage_of_oncall_is_refused(arguments: tuple[str, ...], text: str) -> None:
    """Exit status 2, with what to write instead."""
    result = gateway("oncall", "--file", *arguments)
    assert result.exit_code == 2
    assert text in result.stderr


def test_the_calendar_names_holidays(tmp_path: Path) -> None:
    """A public holiday stands beside its day, on the calendar and in the check."""
    path = tmp_path / "routes.yaml"
    path.write_text("business_hours: {timezone: Europe/Berlin, holidays: [DE-BE]}\n" + ROTAS)
    span = ("--from", "2026-12-24", "--to", "2026-12-27")
    lines = fine("oncall", "office", "--config", str(path), "--calendar", *span).splitlines()
    assert [line.rpartition("(")[2] for line in lines if "(" in line][1:] == [
        "Christmas Day)",
        "Second Day of Christmas)",
    ]
