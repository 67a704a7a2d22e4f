"""The alerts about the gateway itself: true to its metrics, and quiet while it is well."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

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
    """Every series that the gateway may have, without being asked for any."""
    found = set()
    for metric in Metrics().registry.collect():
        ends = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
        found |= {metric.name + end for end in ends.get(metric.type, [""])}
    return found


def run(*command: str | Path, folder: Path = CHECKOUT) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_the_rules() -> None:
    """`promtool check rules` finds nothing wrong with the shipped file."""
    run(real_program("promtool"), "check", "rules", RULES)


def test_each_alert_fires_when_it_should_and_not_otherwise(tmp_path: Path) -> None:
    """Prometheus' own evaluation: every alert on a broken gateway, none on a healthy one."""
    promtool = real_program("promtool")
    shutil.copy(RULES, tmp_path)
    story = shutil.copy(Path(__file__).with_name("gateway.rules.test.yml"), tmp_path)
    run(promtool, "test", "rules", story, folder=tmp_path)


def test_the_rules_name_metrics_that_exist() -> None:
    """An alert on a metric that nobody counts would never fire, and nobody would know."""
    known = metric_names() | NOT_OURS
    for rule in rules():
        bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\([a-z, ]+\)", " ", str(rule["expr"]))
        used = set(re.findall(r"[a-z][a-z_]+", bare)) - FUNCTIONS
        assert used, rule["alert"]
        assert used <= known, rule["alert"]


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    """A page for each alert of the file, found by its runbook_url, and none left over."""
    linked = set()
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


def test_every_rule_can_be_routed_away_from_the_gateway() -> None:
    """All carry one label, so that one route keeps them from the gateway they are about."""
    for rule in rules():
        labels = rule["labels"]
        assert isinstance(labels, dict)
        assert labels["component"] == "alert-gateway"
        assert labels["severity"] in ("critical", "warning")
