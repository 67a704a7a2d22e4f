"""The commands of docs/from-change-to-production.md, on the billing example and on three files of
Alertmanager that are shaped like public ones."""

import asyncio
import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import Result

from gateway.core.recorded.history import RecordedAlert
from gateway.core.text.escape import one_line
from gateway.simulate.entries import lines_of
from gateway.simulate.recording import Recording
from tests.cli.console import gateway
from tests.cli.test_commands_of_a_running_gateway import at
from tests.flow.world import HOUR, MINUTE, START, alert
from tests.web.real import served

CHECKOUT = Path(__file__).parents[2]
BILLING = CHECKOUT / "docs/examples/billing"
FIXTURES = CHECKOUT / "tests/fixtures/alertmanager"
FILES = ("billing", "kube-prometheus", "helm-default", "follow-the-sun")
RECIPES = CHECKOUT / "docs/examples/ci"
LABELS = {"alertname": "DoubleChargeDetected", "severity": "critical", "team": "billing"}


@pytest.fixture(params=FILES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a folder with routes.yaml, rules and a recording, as a repository would have them."""
    if request.param == "billing":
        shutil.copytree(BILLING, tmp_path, dirs_exist_ok=True)
    else:
        source = FIXTURES / f"{request.param}.yml"
        made = gateway("import", "alertmanager", str(source), "-o", str(tmp_path / "routes.yaml"))
        assert made.exit_code == 0, made.output
        shutil.copytree(BILLING / "rules", tmp_path / "rules")
    alerts = [
        RecordedAlert({**LABELS, "instance": f"db-{number}", "namespace": "billing"},
                      START + number * HOUR, START + number * HOUR + 30 * MINUTE)
        for number in range(5)
    ]  # fmt: skip
    lines = lines_of(Recording(START, START + 24 * HOUR, alerts))
    (tmp_path / "week.jsonl").write_text("".join(f"{line}\n" for line in lines))
    return tmp_path


def secrets_of(routes: str) -> dict[str, str]:
    """Return values for all variables that a file names."""
    return {
        name: f"https://hooks.example.com/{name.lower()}" if "URL" in name else f"test-{name}"
        for name in re.findall(r"\$\{([A-Z0-9_]+)", routes)
    }


def run(folder: Path, *arguments: str) -> Result:
    """Run a command in the folder, with the secrets that its routes.yaml names."""
    routes = folder / "routes.yaml"
    return gateway(*arguments, now=START, GATEWAY_CONFIG=str(routes),
                   **secrets_of(routes.read_text()))  # fmt: skip


def fine(folder: Path, *arguments: str) -> str:
    result = run(folder, *arguments)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


@pytest.mark.process  # git says when a runbook was changed
def test_every_step_before_production(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Check, stories of today, coverage, a future, a simulation against itself, soundness."""
    monkeypatch.chdir(folder)
    fine(folder, "check", "routes.yaml")
    Path("today.yaml").write_text(fine(folder, "test", "--init"))
    text = fine(folder, "test", "today.yaml", "--coverage", "--junit", "stories.xml")
    assert "fail" not in text.lower().replace("0 failed", "")
    assert Path("stories.xml").read_text().startswith("<?xml")
    labels = [f"{name}={value}" for name, value in LABELS.items()]
    assert "in short" in fine(folder, "explain", "--if", "--file", *labels, "--at", "Sat 03:00")
    same = fine(folder, "simulate", "routes.yaml", "--recording", "week.jsonl")
    assert "5 episodes of 5 alerts" in same
    assert same.endswith("nobody would notice a difference\n")
    rules = "rules/billing.rules.yml"
    judged = json.loads(fine(folder, "soundness", "--file", "--rules", rules, "--json"))
    assert "DoubleChargeDetected" in json.dumps(judged)


def test_simulation_shows_a_receiver_that_lost_its_targets(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One known change, to the root's first route, is exactly what is shown."""
    monkeypatch.chdir(folder)
    tree = yaml.safe_load((folder / "routes.yaml").read_text())
    tree["receivers"].append({"name": "black-hole"})
    matchers = ['alertname="DoubleChargeDetected"']
    tree["route"].setdefault("routes", []).insert(
        0, {"matchers": matchers, "receiver": "black-hole"}
    )
    (folder / "new.yaml").write_text(yaml.safe_dump(tree, sort_keys=False))
    before = run(folder, "simulate", "routes.yaml", "--recording", "week.jsonl", "--json")
    result = run(folder, "simulate", "new.yaml", "--recording", "week.jsonl", "--json")
    answer = json.loads(result.output)
    assert json.loads(before.output)["total"]["messages"]["before"] > 0
    assert sum(one["count"] for one in answer["alerts"]) == 5
    assert {one["kind"] for one in answer["alerts"]} == {"lost"}
    assert result.exit_code == 1


async def test_every_step_in_production(folder: Path) -> None:
    """A gateway with this file handles an alert: 0 missing, and soundness knows that it fired."""
    routes = (folder / "routes.yaml").read_text().replace("runbooks: runbooks", "")
    async with served(folder, routes, secrets=secrets_of(routes)) as (world, client):
        began = world.now
        await world.post(alert(starts_at=began))
        await world.advance(10 * MINUTE)
        await world.post(alert(starts_at=began, ends_at=world.now))
        await world.advance(HOUR)
        verified = await at(world, client, "verify", "--last", "2h")
        assert verified.exit_code == 0, verified.output
        assert verified.output.endswith("0 missing\n")
        drills = await at(world, client, "drill", "list")
        assert ("not yet run" if "\ndrills:" in routes else "declares no drills") in drills.output
        sound = json.loads((await at(world, client, "soundness", "--json")).output)
        assert "DoubleChargeDetected" in json.dumps(sound)


def commands_of(recipe: Path) -> list[str]:
    """Return the commands that a recipe runs."""
    content = yaml.safe_load(recipe.read_text())
    if "routes" in content:
        return list(content["routes"]["script"])
    (job,) = content["jobs"].values()
    return [step["run"] for step in job["steps"] if "run" in step]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Work in a repository of the billing world, and return its routes.

    What git and GitHub's own tool do in a recipe is replaced by files.
    """
    shutil.copytree(BILLING, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    stories = fine(tmp_path, "test", "--init")
    Path("stories").mkdir()
    Path("stories/today.yaml").write_text(stories.replace("routes: ", "routes: ../"))
    routes = Path("routes.yaml").read_text()
    Path("before.yaml").write_text(routes)
    return routes


@pytest.mark.process  # git says when a runbook was changed
@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
async def test_commands_of_the_recipes_work(name: str, tmp_path: Path, repository: str) -> None:
    """Each command of the gateway in a recipe runs as it is, in a repository."""
    secrets = {"GATEWAY_CONFIG": "routes.yaml", **secrets_of(repository)}
    written = {}
    ran = []
    async with served(tmp_path) as (world, client):
        await world.post(alert(starts_at=world.now))
        await world.advance(MINUTE)
        url = str(client.make_url("/"))
        for line in commands_of(RECIPES / name):
            words = line.split()
            if words[0] != "gateway":
                continue
            command, _, output = line.partition(" > ")
            arguments = [word.strip('"').replace("$GATEWAY_URL", url) for word in command.split()]
            arguments = [file for one in arguments[1:] for file in _expanded(one)]
            result = await asyncio.to_thread(gateway, *arguments, now=world.now, **secrets)
            assert result.exit_code == 0, f"{line}: {one_line(result.output, 2000)}"
            if output:
                written[output] = result.stdout
            ran.append(arguments[0])
    assert ran == ["check", "test", "record", "simulate", "soundness"]
    assert written["difference.md"].startswith("## Nobody would notice a difference")


def _expanded(word: str) -> list[str]:
    """Return the files that a pattern stands for, as a shell does."""
    return sorted(map(str, Path().glob(word))) if "*" in word else [word]
