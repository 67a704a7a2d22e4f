"""Dashboards: generated as committed, each metric exists, each panel has its four texts."""

import datetime as dt
import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from deploy.dashboards.files import BILLING_JSON, BOARDS, COPIES, GATEWAY_JSON, texts
from gateway.metrics import Metrics
from tests.deploy.dashboards import FILES, load_board, metrics_of, panels, queries
from tests.shared_data import CHECKOUT

PROMETHEUS_OWN = {"up", "ALERTS"}
MOST_WORDS = 40
"""More is not read at night."""

each_board = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def gateway_metrics() -> set[str]:
    """Return the name of every series that the gateway may export."""
    names = set()
    for metric in Metrics().registry.collect():
        ends = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
        names |= {metric.name + end for end in ends.get(metric.type, [""])}
    return names


def runbook_folder(file: Path) -> Path:
    """Return the folder in which the runbooks of a dashboard are."""
    example = file.parent.parent / "runbooks"
    return example if example.is_dir() else CHECKOUT / "docs" / "runbooks"


def billing_metrics() -> set[str]:
    """Return the metrics that the rules of the billing example know."""
    rules = (BILLING_JSON.parent / "rules").glob("*.rules.yml")
    groups = [group for file in rules for group in yaml.safe_load(file.read_text())["groups"]]
    return {name for one in groups for rule in one["rules"] for name in metrics_of(rule["expr"])}


@each_board
def test_the_committed_json_is_what_the_code_generates(file: Path) -> None:
    """After a change of a dashboard `make docs` was run."""
    assert file.read_text(encoding="utf-8") == texts()[file], "run `make docs`"


def test_copies_for_helm_and_kustomize_are_up_to_date() -> None:
    """All three forms of deployment show the same; `make docs` writes them."""
    for folder in COPIES:
        for file in GATEWAY_JSON.glob("*.json"):
            assert (folder / file.name).read_text() == file.read_text(), folder


def test_each_committed_file_has_its_code() -> None:
    """No file is left over from a dashboard that was renamed."""
    files = set(texts())
    folders = {file.parent for file in files}
    assert {file for folder in folders for file in folder.glob("*.json")} == files


@each_board
def test_each_metric_exists(file: Path) -> None:
    """A panel on an unknown metric would be empty for ever, and nobody would notice."""
    known = gateway_metrics() | PROMETHEUS_OWN
    if file.parent == BILLING_JSON:
        known |= billing_metrics()
    for title, query, _ in queries(load_board(file)):
        used = metrics_of(query)
        assert used, title
        assert used <= known, title


@each_board
def test_each_panel_has_its_four_texts(file: Path) -> None:
    """What it shows, what is normal, what to do, and the link to a runbook that exists."""
    board = load_board(file)
    for panel in panels(board):
        shows, normal, action = panel["description"].split("\n\n")
        assert normal.startswith("**Normal:** "), panel["title"]
        assert action.startswith("**Otherwise:** "), panel["title"]
        for text in (shows, normal, action):
            assert text.endswith((".", "?")), panel["title"]
            assert len(text.split()) <= MOST_WORDS, panel["title"]
        (link,) = panel["links"]
        name = link["url"].removeprefix("${runbooks}/")
        assert (runbook_folder(file) / f"{name}.md").is_file(), panel["title"]


@each_board
def test_each_board_has_owner_purpose_date_and_deployments(file: Path) -> None:
    """A reader sees whom to ask, what it is for, how old it is, and what was deployed."""
    board, source = load_board(file), BOARDS[file]
    assert f"owner:{source.owner}" in board["tags"]
    assert f"Owner: {source.owner}." in board["description"]
    assert board["description"].startswith(source.purpose)
    assert dt.date.fromisoformat(source.reviewed).isoformat() in board["description"]
    assert [one["name"] for one in board["annotations"]["list"]] == ["Deployments"]
    assert all(one["useValueForTime"] == "on" for one in board["annotations"]["list"])


@each_board
def test_panels_have_ids_names_of_queries_and_do_not_overlap(file: Path) -> None:
    """Links to a panel last, each series belongs to a query, and the page is not in disorder."""
    board = load_board(file)
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)
    titles = [panel["title"] for panel in board["panels"]]
    assert len(set(titles)) == len(titles)
    for panel in panels(board):
        ref_ids = [target["refId"] for target in panel["targets"]]
        assert ref_ids == list("ABCDEFGH"[: len(ref_ids)]), panel["title"]
    positions = [(p["gridPos"]["y"], p["gridPos"]["x"], p["gridPos"]["w"]) for p in board["panels"]]
    for (y, x, width), (next_y, next_x, _) in pairwise(positions):
        assert (next_y > y and next_x == 0) or (next_y == y and next_x == x + width)
        assert x + width <= 24


@each_board
def test_queries_use_declared_variables_only(file: Path) -> None:
    """`$jbo` would select nothing."""
    board = load_board(file)
    known = {one["name"] for one in board["templating"]["list"]} | {"__rate_interval", "__range"}
    for title, query, _ in queries(board):
        assert set(re.findall(r"\$([A-Za-z_]+)", query)) <= known, title


def test_boards_have_addresses_of_their_own() -> None:
    """Grafana replaces a dashboard by one with the same uid or the same title."""
    assert len({board.uid for board in BOARDS.values()}) == len(BOARDS)
    assert len({board.title for board in BOARDS.values()}) == len(BOARDS)
