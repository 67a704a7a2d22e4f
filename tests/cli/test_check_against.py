"""`gateway check --against`: the difference of two files as people feel it."""

import json
from pathlib import Path

import pytest

from tests.cli.console import gateway

ROTAS = """\
people: {{ana: {{name: Ana, email: ana@example.com}}, ben: {{name: Ben, email: ben@example.com}},
  cho: {{name: Cho, email: cho@example.com}}, dee: {{name: Dee, email: dee@example.com}}}}
rotas:
  billing:
    timezone: Europe/Berlin
    layers: [{{members: [{members}], start: 2026-01-05}}]
receivers: [{{name: nobody}}]
route: {{receiver: nobody}}
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The file in force: Ben has the week of 20 November, then come Cho and Ana."""
    path = tmp_path / "old.yaml"
    path.write_text(ROTAS.format(members="ben, cho, ana"))
    return path


def check(tmp_path: Path, old: Path, members: str, *options: str) -> list[str]:
    """Return the lines of a check of a file with these members against the old one."""
    new = tmp_path / "routes.yaml"
    new.write_text(ROTAS.format(members=members))
    result = gateway("check", str(new), "--against", str(old), *options)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_new_member_changes_the_weeks_after_the_present_turn(tmp_path: Path, old: Path) -> None:
    """Ben, who is on call, stays; Dee comes at the next handover."""
    lines = [line for line in check(tmp_path, old, "ben, dee, cho, ana") if "changed:" in line]
    assert lines == [
        "changed: rota billing: Mon 23 Nov, 09:00 CET: Cho → Dee (7 days)",
        "changed: rota billing: Mon 30 Nov, 09:00 CET: Ana → Cho (7 days)",
        "changed: rota billing: Mon 7 Dec, 09:00 CET: Ben → Ana (7 days)",
        "changed: rota billing: Mon 14 Dec, 09:00 CET: Cho → Ben (3 days 20 h)",
    ]


def test_same_file_has_no_difference(tmp_path: Path, old: Path) -> None:
    """The absence of a difference is printed, too."""
    assert "no rota changes in the next four weeks" in check(tmp_path, old, "ben, cho, ana")


def test_differences_are_in_the_json(tmp_path: Path, old: Path) -> None:
    """Programs get instants and ids."""
    answer = json.loads("\n".join(check(tmp_path, old, "ben, dee, cho, ana", "--json")))
    first = answer["duty_differences"][0]
    assert first == {
        "rota": "billing",
        "from": "2026-11-23T08:00:00.000Z",
        "to": "2026-11-30T08:00:00.000Z",
        "before": ["cho"],
        "after": ["dee"],
    }


def test_file_that_cannot_be_read_is_an_error(tmp_path: Path, old: Path) -> None:
    """Exit status 1, with the file and what is wrong."""
    result = gateway("check", str(old), "--against", str(tmp_path / "missing.yaml"))
    assert result.exit_code == 1
    assert "missing.yaml" in result.output
    assert "cannot be read" in result.output
