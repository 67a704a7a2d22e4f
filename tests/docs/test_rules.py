"""The shipped alert rules about the gateway itself."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from gateway.core.alerts.own_alerts import CONDITIONS
from gateway.metrics import Metrics
from tests.docs.pages import CHECKOUT, DOCS
from tests.shared_data import real_program

pytestmark = pytest.mark.peer

RULES = DOCS / "gateway.rules.yml"
NOT_OURS = {"up"}
FUNCTIONS = {
    "abs", "absent", "and", "by", "count", "delta", "histogram_quantile", "increase", "instance",
    "le", "max", "or", "rate", "sum", "unless",
}  # fmt: skip


def rules() -> list[dict[str, object]]:
    loaded = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return [rule for group in loaded["groups"] for rule in group["rules"]]


def metric_names() -> set[str]:
    """Return the name of every series that the gateway may export."""
    names = set()
    for metric in Metrics().registry.collect():
        ends = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
        names |= {metric.name + end for end in ends.get(metric.type, [""])}
    return names


def run(*command: str | Path, folder: Path = CHECKOUT) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_accepts_the_rules() -> None:
    """`promtool check rules` reports no error in the shipped file."""
    run(real_program("promtool"), "check", "rules", RULES)


def test_an_alert_fires_on_a_broken_gateway_only(tmp_path: Path) -> None:
    """Prometheus evaluates every alert to firing on a broken gateway, and none on a healthy one."""
    promtool = real_program("promtool")
    shutil.copy(RULES, tmp_path)
    story = shutil.copy(Path(__file__).with_name("gateway.rules.test.yml"), tmp_path)
    run(promtool, "test", "rules", story, folder=tmp_path)


def test_each_alert_is_tested() -> None:
    """An alert that nobody saw fire may never do so."""
    stories = yaml.safe_load(Path(__file__).with_name("gateway.rules.test.yml").read_text())
    text = yaml.safe_dump(stories)
    assert [rule["alert"] for rule in rules() if f'alertname="{rule["alert"]}"' not in text] == []


def test_a_rule_names_metrics_that_exist() -> None:
    """An alert on an unknown metric would never fire, and nobody would notice."""
    known = metric_names() | NOT_OURS
    for rule in rules():
        bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\([a-z, ]+\)", " ", str(rule["expr"]))
        used = set(re.findall(r"[a-z][a-z_]+", bare)) - FUNCTIONS
        assert used, rule["alert"]
        assert used <= known, rule["alert"]


def test_alerts_and_runbooks_match() -> None:
    """Each alert of the rules or of the gateway itself has a runbook, and each runbook an alert."""
    linked = set()
    for condition in CONDITIONS.values():
        page = DOCS / "runbooks" / f"{condition.runbook}.md"
        assert page.read_text(encoding="utf-8").startswith(f"# {condition.name}\n")
        linked.add(page.name)
    for rule in rules():
        annotations = rule["annotations"]
        assert isinstance(annotations, dict)
        name = str(annotations["runbook_url"]).rpartition("/")[2]
        page = DOCS / "runbooks" / f"{name}.md"
        assert page.is_file(), f"{rule['alert']} has no {page}"
        assert page.read_text(encoding="utf-8").startswith(f"# {rule['alert']}\n")
        linked.add(page.name)
    written = {page.name for page in (DOCS / "runbooks").glob("*.md")} - {"index.md"}
    assert written == linked


def test_a_rule_can_be_routed_away_from_the_gateway() -> None:
    """All rules carry one label, so one route sends them past the gateway that they watch."""
    for rule in rules():
        labels = rule["labels"]
        assert isinstance(labels, dict)
        assert labels["component"] == "alert-gateway"
        assert labels["severity"] in ("critical", "warning")
