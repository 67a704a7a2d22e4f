"""compose.yaml: its schema, what the schema cannot see, and the files beside it.

No container is started: whether the images exist and start is not seen here.
"""

import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.config.load import load
from gateway.settings import read_settings, with_secret_files
from tests.shared_data import CHECKOUT, real_program

COMPOSE = CHECKOUT / "deploy" / "compose"
FILE = COMPOSE / "compose.yaml"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return loaded


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """Return the compose folder of a copy, after `make-secrets`."""
    folder = tmp_path / "deploy" / "compose"
    shutil.copytree(COMPOSE, folder, ignore=shutil.ignore_patterns("secrets", "config"))
    shutil.copy(CHECKOUT / "routes.yaml", tmp_path)
    make_secrets(folder)
    return folder


def make_secrets(folder: Path) -> None:
    subprocess.run([folder / "make-secrets"], check=True, capture_output=True)


def check_schema(file: Path) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("check-jsonschema")
    schema = "vendor.compose-spec"
    return subprocess.run(
        [command, "--builtin-schema", schema, file], capture_output=True, text=True, check=False
    )


@pytest.mark.process
def test_the_compose_schema_accepts_the_file() -> None:
    """Every key and value is one that compose knows."""
    done = check_schema(FILE)
    assert done.returncode == 0, done.stdout


@pytest.mark.process
def test_a_misspelt_key_is_found(tmp_path: Path) -> None:
    """The check above fails on what it is for."""
    bad = tmp_path / "compose.yaml"
    bad.write_text(FILE.read_text().replace("healthcheck:", "healthchek:"))
    assert check_schema(bad).returncode == 1


def test_services_secrets_and_volumes_that_are_named_exist(compose: dict[str, Any]) -> None:
    """The schema does not see a name that nothing declares, or a file that is not there."""
    for name, service in compose["services"].items():
        assert set(service.get("depends_on", ())) <= compose["services"].keys(), name
        assert set(service.get("secrets", ())) <= compose["secrets"].keys(), name
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if source == "./config":
                continue  # made by make-secrets
            if source.startswith("."):
                assert (COMPOSE / source).exists(), source
            else:
                assert source in compose["volumes"], source


def test_images_have_a_version_and_ports_are_for_this_machine(compose: dict[str, Any]) -> None:
    """A pull next month brings the same programs; no port is open to others."""
    for name, service in compose["services"].items():
        if "build" not in service:
            assert re.search(r":v?\d+[\d.]*(-\w+)?$", service["image"]), name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name


@pytest.mark.process
def test_secrets_are_made_once_and_never_replaced(prepared: Path, compose: dict[str, Any]) -> None:
    """Each secret is random, has its file, and survives a second run."""
    folder = prepared / "secrets"
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert before.keys() == compose["secrets"].keys()
    assert all(len(text) >= 48 for text in before.values())
    assert len(set(before.values())) == len(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (prepared / "config" / "routes.yaml").write_text("mine")
    make_secrets(prepared)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before
    assert (prepared / "config" / "routes.yaml").read_text() == "mine"


@pytest.mark.process
def test_the_gateway_reads_its_settings_and_routes(prepared: Path, compose: dict[str, Any]) -> None:
    """With the made secrets, the settings are valid and no source is open to strangers."""
    service = compose["services"]["gateway"]
    mounted = prepared / "mounted"
    mounted.mkdir()
    for name in service["secrets"]:
        shutil.copy(prepared / "secrets" / name, mounted)
    env = with_secret_files({**service["environment"], "GATEWAY_SECRETS_DIR": str(mounted)})
    settings = read_settings(env)
    assert settings.sqlite_path is None
    assert settings.secret_key is not None
    assert settings.reload_on_change
    config = load(prepared / "config" / "routes.yaml", env=env)
    assert not any(source.open for source in config.sources.values())


@pytest.mark.peer
def test_prometheus_accepts_its_files(tmp_path: Path) -> None:
    """`promtool check config` reads the configuration and both files of rules."""
    rules = tmp_path / "rules"
    rules.mkdir()
    shutil.copy(COMPOSE / "watchdog.rules.yml", rules)
    shutil.copy(CHECKOUT / "docs" / "gateway.rules.yml", rules)
    text = (COMPOSE / "prometheus.yml").read_text()
    (tmp_path / "prometheus.yml").write_text(text.replace("/etc/prometheus", str(tmp_path)))
    check(real_program("promtool"), "check", "config", tmp_path / "prometheus.yml")


@pytest.mark.peer
def test_alertmanager_accepts_its_file() -> None:
    """`amtool check-config` reads the routes, which send the gateway's own alerts past it."""
    check(real_program("amtool"), "check-config", COMPOSE / "alertmanager.yml")


def check(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_grafana_reads_the_prometheus_beside_it(compose: dict[str, Any]) -> None:
    """The datasource is a service of the file."""
    provisioning = COMPOSE / "grafana" / "provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources/prometheus.yaml").read_text())[
        "datasources"
    ]
    assert source["url"].rpartition("/")[2].partition(":")[0] in compose["services"]
