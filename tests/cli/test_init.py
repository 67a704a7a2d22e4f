"""`gateway init`: the first files of a new gateway, which never replace others."""

import json
from pathlib import Path

import pytest

from gateway.config.load import load
from tests.cli.console import fine, fine_json, gateway
from tests.shared_data import CHECKOUT


def test_an_empty_folder_gets_routes_that_load_beside_their_schema(tmp_path: Path) -> None:
    """routes.yaml is the shipped one, and names the schema that was written beside it."""
    output = fine("init", str(tmp_path))
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"routes.yaml", "routes.schema.json", "sample-alert.json"}
    assert all(str(tmp_path / name) in output for name in written)
    text = (tmp_path / "routes.yaml").read_text()
    assert "# yaml-language-server: $schema=routes.schema.json\n" in text
    assert "docs/routes.schema.json" not in text
    assert load(tmp_path / "routes.yaml", env={}).plan.receivers


def test_monitoring_adds_rules_and_dashboards_about_the_gateway(tmp_path: Path) -> None:
    """--monitoring writes what Prometheus and Grafana load to watch the gateway."""
    fine("init", "--monitoring", str(tmp_path))
    rules = (tmp_path / "gateway.rules.yml").read_text()
    assert rules == (CHECKOUT / "docs/gateway.rules.yml").read_text()
    titles = {json.loads(file.read_text())["title"] for file in tmp_path.glob("*.dashboard.json")}
    assert titles == {"Gateway", "Alerts"}


def test_json_lists_the_files(tmp_path: Path) -> None:
    """A program reads which files are new."""
    written = fine_json("init", str(tmp_path))["written"]
    assert sorted(written) == sorted(str(path) for path in tmp_path.iterdir())


def test_a_folder_that_is_missing_is_created(tmp_path: Path) -> None:
    """The answer says how to enter the new folder."""
    output = fine("init", str(tmp_path / "on call"))
    assert (tmp_path / "on call/routes.yaml").is_file()
    assert f"cd '{tmp_path}/on call'" in output


@pytest.mark.parametrize("name", ["routes.yaml", "routes.schema.json", "sample-alert.json"])
def test_a_file_that_exists_is_kept_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    """Somebody's routes are never overwritten, and no half of a set appears beside them."""
    (tmp_path / name).write_text("mine")
    result = gateway("init", str(tmp_path))
    assert result.exit_code == 1
    assert str(tmp_path / name) in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_a_dangling_link_is_kept(tmp_path: Path) -> None:
    """A link whose target is gone is somebody's file as well."""
    (tmp_path / "routes.yaml").symlink_to("elsewhere.yaml")
    assert gateway("init", str(tmp_path)).exit_code == 1
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_a_folder_without_permission_is_an_error_that_names_it(tmp_path: Path) -> None:
    """An error of the operating system says for which path."""
    (tmp_path / "file").write_text("")
    result = gateway("init", str(tmp_path / "file" / "below"))
    assert result.exit_code == 1
    assert str(tmp_path / "file") in result.stderr
