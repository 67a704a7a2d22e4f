"""Pasted routes of an Alertmanager select the receivers that Alertmanager selects."""

import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from gateway.config.load import load
from gateway.core.routing.match import match_routes
from tests.peers import trees
from tests.shared_data import real_program

pytestmark = pytest.mark.peer

TREES = int(os.environ.get("GATEWAY_PEER_TREES", "60"))
"""How many trees are tried, with three label sets each: about 20 ms a set."""


def test_alerts_go_where_alertmanager_sends_them(tmp_path: Path) -> None:
    """Generated trees and labels: the same receivers in the same order as `amtool` says."""
    amtool = str(real_program("amtool"))
    version = version_of(amtool)
    # Names that are not identifiers came with 0.27; older versions refuse the whole file.
    names = trees.NAMES + (trees.ODD_NAMES if version >= (0, 27) else ())
    file = tmp_path / "alertmanager.yml"
    seen: Counter[int] = Counter()

    @settings(
        max_examples=TREES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(trees.worlds(names))
    def agree(world: tuple[trees.Tree, list[trees.Labels]]) -> None:
        tree, alerts = world
        text = yaml.safe_dump({"receivers": trees.receivers(tree), "route": tree})
        file.write_text(text, encoding="utf-8")
        root = load(text, env={}).plan.root
        for labels in alerts:
            present = {name: value for name, value in labels.items() if value}
            ours = [route.receiver for route in match_routes(root, present)]
            assert ours == amtool_receivers(amtool, file, labels), (text, labels)
            seen[len(ours)] += 1

    agree()
    compared = sum(seen.values())
    print(f"{compared} label sets routed as by amtool {'.'.join(map(str, version))}", dict(seen))
    assert compared >= 3 * TREES
    assert max(seen) > 1, "no alert went to several receivers: the trees are too simple"


def amtool_receivers(amtool: str, file: Path, labels: trees.Labels) -> list[str]:
    """Return the receivers that Alertmanager's own tool names."""
    arguments = [f"{name}={trees.quoted(value)}" for name, value in labels.items()]
    command = [amtool, "config", "routes", "test", f"--config.file={file}", *arguments]
    done = subprocess.run(command, capture_output=True, timeout=20.0, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip().split(",")


def version_of(amtool: str) -> tuple[int, ...]:
    """Return the version of the tool, such as (0, 33, 1)."""
    output = subprocess.run([amtool, "--version"], capture_output=True, timeout=20.0, check=True)
    match = re.search(r"version (\d+)\.(\d+)\.(\d+)", (output.stdout + output.stderr).decode())
    assert match is not None
    return tuple(map(int, match.groups()))
