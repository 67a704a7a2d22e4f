"""`gateway oncall --proof`: the minutes at which an urgent alert would reach nobody."""

from pathlib import Path

import pytest

from tests.cli.console import fine_json, gateway

HOLES = """\
severities: {critical: {rank: 1, respond_within: 15m}}
people: {ana: {name: Ana, email: ana@example.com}, ben: {name: Ben, email: ben@example.com}}
rotas:
  billing:
    layers:
      - {members: [ana, ben], start: 2026-01-05, restrictions: [{from: "00:00", to: "23:30"}]}
escalations: {billing: [{notify: ["rota:billing"]}]}
receivers: [{name: nobody}, {name: billing, escalate: billing}]
route: {receiver: nobody, routes: [{matchers: [team="billing"], receiver: billing}]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file whose rota leaves half an hour before midnight uncovered."""
    path = tmp_path / "routes.yaml"
    path.write_text(HOLES)
    return path


def test_proof_names_route_minute_and_shares(file: Path) -> None:
    """Exit status 1, and the first hole to the minute."""
    result = gateway("oncall", "--proof", "2w", "--config", str(file))
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == (
        'error: route {}/{team="billing"}/0 (receiver "billing"): an alert of severity critical '
        "would reach nobody from 23:30 UTC to Sat 21 Nov, 00:00 UTC (30 min), and 13 more times "
        "(7 h in all)"
    )
    assert lines[1].startswith("warning: rota billing: nobody is on call from 23:30 UTC")
    assert [line.split()[0] for line in lines if line.startswith(("Ana", "Ben"))] == ["Ana", "Ben"]
    assert lines[-1] == "next 2w: 1 error, 2 warnings"


def test_check_warns_of_a_shift_within_an_absence(file: Path) -> None:
    """Before the file is live, Ben and the admin know that his holiday needs somebody else."""
    away = "away: [{from: 2026-11-21, to: 2026-11-22}]"
    covered = HOLES.replace(', restrictions: [{from: "00:00", to: "23:30"}]', "")
    file.write_text(covered.replace("ben: {name: Ben,", f"ben: {{name: Ben, {away},"))
    result = gateway("check", str(file))
    assert result.exit_code == 0
    assert "rota billing: Ben is on call and away from Sat 21 Nov, 00:00 UTC" in result.stdout


def test_proof_without_a_hole_succeeds(file: Path) -> None:
    """With the half hour covered every urgent alert reaches somebody."""
    file.write_text(HOLES.replace(', restrictions: [{from: "00:00", to: "23:30"}]', ""))
    result = gateway("oncall", "--proof", "8w", "--config", str(file))
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "next 8w: every urgent alert reaches somebody"
    proof = fine_json("oncall", "--proof", "8w", "--config", str(file))
    assert (proof["ok"], proof["findings"]) == (True, [])
    assert {one["person"]["id"] for one in proof["shares"]} == {"ana", "ben"}


@pytest.mark.parametrize("length", ["8", "soon", "5m", "3y"])
def test_proof_of_an_odd_length_is_wrong_usage(file: Path, length: str) -> None:
    """Exit status 2, with an example of a length."""
    result = gateway("oncall", "--proof", length, "--config", str(file))
    assert result.exit_code == 2
    assert "such as 8w" in result.output


def test_proof_goes_with_no_other_question(file: Path) -> None:
    """A proof covers all rotas from now on."""
    result = gateway("oncall", "billing", "--proof", "8w", "--config", str(file))
    assert result.exit_code == 2
    assert "give it alone" in result.output


def test_proof_without_a_gateway_reads_the_file_and_says_so(file: Path) -> None:
    """The file alone is proven when nothing runs."""
    env = {"GATEWAY_CONFIG": str(file), "GATEWAY_LISTEN": "127.0.0.1:9"}
    result = gateway("oncall", "--proof", "8w", **env)
    assert "proving the file, without run-time changes; turns as if new" in result.stderr
    assert result.exit_code == 1
