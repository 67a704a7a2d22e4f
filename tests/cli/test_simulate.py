"""`gateway record` and `gateway simulate`: what another routes.yaml would have done."""

import json
from pathlib import Path

import pytest
from click.testing import Result

from gateway.core.recorded.history import RecordedAlert
from gateway.simulate.entries import lines_of
from gateway.simulate.recording import Recording
from tests.cli.console import gateway
from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.world import DAY, MINUTE, ROUTES, START, World, alert
from tests.web.real import served

DROPPED = ROUTES.replace("  - name: everyone", "  - name: nobody\n  - name: everyone").replace(
    "  routes:\n",
    "  routes:\n    - {matchers: ['alertname=\"DoubleChargeDetected\"'], receiver: nobody}\n",
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return a folder with two files and a recording of an urgent alert and another."""
    (tmp_path / "old.yaml").write_text(ROUTES)
    (tmp_path / "new.yaml").write_text(DROPPED)
    alerts = [
        RecordedAlert(
            {"alertname": name, "severity": severity, "team": "billing"}, START, START + 5 * MINUTE
        )
        for name, severity in (("DoubleChargeDetected", "critical"), ("a|b <c>", "warning"))
    ]
    lines = lines_of(Recording(START, START + DAY, alerts))
    (tmp_path / "day.jsonl").write_text("".join(f"{line}\n" for line in lines))
    return tmp_path


def simulate(files: Path, new: str, *options: str) -> Result:
    return gateway(
        "simulate", str(files / new), "--against", str(files / "old.yaml"), *options,
        "--recording", str(files / "day.jsonl"),
    )  # fmt: skip


def test_file_against_itself_is_no_difference(files: Path) -> None:
    """It says what was played, and exits with 0."""
    result = simulate(files, "old.yaml")
    assert result.exit_code == 0
    assert "2 episodes of 2 alerts from 2026-11-18 11:06 UTC" in result.output
    assert result.output.endswith("nobody would notice a difference\n")


def test_urgent_alert_that_reaches_nobody_exits_with_1(files: Path) -> None:
    """It names the alert, who was notified, and the line that drops it."""
    result = simulate(files, "new.yaml")
    assert result.exit_code == 1
    line = DROPPED.splitlines().index(DROPPED[DROPPED.index("    - {matchers: ['alertname=") :]
                                      .splitlines()[0]) + 1  # fmt: skip
    for part in (
        "urgent alerts that nobody is notified of any more",
        "DoubleChargeDetected",
        "Ana by email",
        "nobody (receiver nobody)",
        f"new.yaml:{line}",
        "1 urgent alert would reach nobody\n",
    ):
        assert part in result.output


def test_markdown_is_a_comment_for_a_pull_request(files: Path) -> None:
    """Tables, in which labels mean nothing of their own."""
    result = simulate(files, "new.yaml", "--markdown")
    assert result.exit_code == 1
    assert result.output.startswith("## 1 urgent alert would reach nobody\n\n")
    assert "| DoubleChargeDetected | critical | billing | 1 |" in result.output
    back = gateway(
        "simulate", str(files / "old.yaml"), "--against", str(files / "new.yaml"), "--markdown",
        "--recording", str(files / "day.jsonl"),
    )  # fmt: skip
    assert back.exit_code == 0
    assert "### Alerts that people are notified of now" in back.output


def test_json_has_everything_that_differs(files: Path) -> None:
    """Programs get the counts of both files."""
    answer = json.loads(simulate(files, "new.yaml", "--json").output)
    assert (answer["lost"], answer["episodes"], answer["alerts_played"]) == (1, 2, 2)
    (changed,) = answer["alerts"]
    assert changed["kind"] == "lost"
    assert changed["notified"]["after"] == []
    ana = next(one for one in answer["people"] if one["name"] == "Ana")
    assert ana["pages"] == {"before": 2, "after": 1}
    assert answer["total"]["messages"]["before"] > answer["total"]["messages"]["after"]


def test_broken_file_and_recording_are_named(files: Path) -> None:
    """What is wrong, and where; nothing is played."""
    (files / "bad.yaml").write_text("route: [")
    assert "bad.yaml is invalid" in simulate(files, "bad.yaml").output
    (files / "day.jsonl").write_text("{}\n")
    refused = simulate(files, "new.yaml")
    assert refused.exit_code == 1
    assert "day.jsonl:1: the first line must be" in refused.output
    (files / "day.jsonl").unlink()
    assert "day.jsonl: No such file" in simulate(files, "new.yaml").output
    both = simulate(files, "new.yaml", "--last", "1d")
    assert "a recording has its own span" in both.output
    assert simulate(files, "new.yaml", "--json", "--markdown").exit_code == 2


async def _one_incident(world: World) -> None:
    await world.post(alert(starts_at=world.now), alert("TestPage", test="true"))
    await world.advance(MINUTE)
    await world.ack(1001)
    await world.advance(MINUTE)


async def test_gateway_plays_its_own_history(tmp_path: Path) -> None:
    """Without a recording it asks the running gateway; the acknowledgement of then counts."""
    async with served(tmp_path) as (world, client):
        await _one_incident(world)
        old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
        old.write_text(ROUTES)
        new.write_text(DROPPED)
        result = await at(world, client, "simulate", str(new), "--against", str(old), "--json")
        assert result.exit_code == 1, result.output
        answer = json.loads(result.output)
        assert (answer["episodes"], answer["lost"]) == (1, 1)  # without the test
        pages = {one["name"]: one["pages"] for one in answer["people"]}
        people = {name: both for name, both in pages.items() if both["before"]}
        assert people == {"Ana": {"before": 1, "after": 0}}  # nobody waits for the second step


async def test_recording_of_the_gateway_is_played_from_its_file(tmp_path: Path) -> None:
    """`gateway record` writes what `gateway simulate --recording` reads."""
    async with served(tmp_path) as (world, client):
        await _one_incident(world)
        file, old = tmp_path / "hour.jsonl", tmp_path / "old.yaml"
        old.write_text(ROUTES)
        await fine_at(world, client, "record", "--last", "1h", "-o", str(file))
        kinds = [next(iter(json.loads(line))) for line in file.read_text().splitlines()]
        assert kinds == ["recording", "alert", "action"]
        result = gateway(
            "simulate", str(old), "--against", str(old), "--recording", str(file), "--json"
        )
        assert json.loads(result.output)["total"]["pages"] == {"before": 1, "after": 1}


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--prometheus", "http://a.example.com", "--alertmanager", "http://b.example.com"),
         "exclude each other"),
        (("--label", "a=b"), "--label needs --prometheus"),
        (("--for", "1h"), "--for needs --alertmanager"),
        (("--prometheus", "http://a.example.com", "--label", "ab"), "write NAME=VALUE"),
        (("--prometheus", "a.example.com"), "is not an address"),
        (("--prometheus", "http://ana:key@a.example.com"), "put the token into a file"),
        (("--alertmanager", "http://a.example.com", "--last", "1d"), "keeps no history"),
        (("--alertmanager", "http://a.example.com", "--for", "soon"), "is not a duration"),
        (("--token-file", "t"), "--token-file needs"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together_are_refused(
    options: tuple[str, ...], error: str, tmp_path: Path
) -> None:
    """The error says what to write, and no file is made."""
    file = tmp_path / "week.jsonl"
    result = gateway("record", "-o", str(file), *options)
    assert result.exit_code == 2
    assert error in result.output
    assert not file.exists()
