"""What strangers install: the wheel of the source archive, alone in an environment and a folder."""

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import __version__
from tests.processes.harness import CHECKOUT, Process, request, wait_for

pytestmark = pytest.mark.process

JSON_TYPE = {"Content-Type": "application/json"}


def run(*command: str | Path, folder: Path) -> str:
    """Run a program in a folder and an environment without settings; return what it printed."""
    done = subprocess.run(
        command, cwd=folder, env=plain_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def plain_environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}


def build(target: str, source: Path, folder: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder, folder=source)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return `gateway` of a new environment: the checkout's source archive, built and installed.

    Its dependencies are those of this environment: a line of a .pth file adds their folder, and
    not what that folder's own .pth files would add, such as the checkout.
    """
    home = tmp_path_factory.mktemp("installed")
    archive = build("sdist", CHECKOUT, home / "sdist")
    with tarfile.open(archive) as unpacked:
        unpacked.extractall(home / "source", filter="data")
    (source,) = (home / "source").iterdir()
    wheel = build("wheel", source, home / "wheel")
    run(sys.executable, "-m", "venv", "--without-pip", home / "venv", folder=home)
    (site_packages,) = (home / "venv/lib").glob("python3.*/site-packages")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    python = home / "venv/bin/python"
    run(*pip[:3], "--python", python, *pip[3:], "--no-index", "--no-deps", wheel, folder=home)
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "venv/bin/gateway"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder."""
    path = tmp_path / "empty"
    path.mkdir()
    return path


@pytest.fixture
def serving(installed: Path, folder: Path, tmp_path: Path) -> Iterator[Process]:
    """`gateway serve` in the folder, with what `gateway init` writes."""
    run(installed, "init", folder=folder)
    environment = {**plain_environment(), "GATEWAY_LISTEN": "127.0.0.1:0"}
    process = Process([str(installed), "serve"], environment, tmp_path / "output", folder)
    yield process
    process.kill()


def address(process: Process) -> str:
    assert process.running, process.output_text()
    match = re.search(r"listens on (http://\S+) ", process.output_text())
    return match[1] if match else ""


def test_the_installed_program_says_its_version(installed: Path, folder: Path) -> None:
    """`gateway --version` works where only the wheel is installed."""
    assert run(installed, "--version", folder=folder).strip() == f"gateway {__version__}"


def test_templates_and_files_come_from_the_wheel(installed: Path, folder: Path) -> None:
    """Every template and file of the checkout is in the wheel, and is the one that is used."""
    code = (
        "from gateway.shipped import *; from pathlib import Path; print(shipped_templates());"
        "[print(shipped_file(name)) for name in SHIPPED_FILES]"
    )
    lines = run(installed.with_name("python"), "-c", code, folder=folder).splitlines()
    templates, *files = map(Path, lines)
    assert all(path.is_relative_to(installed.parents[1]) for path in (templates, *files))
    assert all(path.exists() for path in files)
    ours = CHECKOUT / "templates"
    assert {path.relative_to(templates) for path in templates.rglob("*") if path.is_file()} == {
        path.relative_to(ours) for path in ours.rglob("*") if path.is_file()
    }


def test_five_minutes_in_an_empty_folder(serving: Process, installed: Path, folder: Path) -> None:
    """init, check, serve, an alert, an acknowledgement: all work without a checkout."""
    run(installed, "check", folder=folder)
    url = wait_for("the gateway listens", lambda: address(serving))
    assert "sample-alert.json" in serving.output_text()
    sample = (folder / "sample-alert.json").read_bytes()
    status, _, body = request(f"{url}/webhook/alertmanager", "POST", sample, JSON_TYPE)
    assert (status, body.strip()) == (200, b'{"accepted":1}')
    wait_for("the message is printed", lambda: "#1001 CRITICAL firing" in serving.output_text())
    acknowledged = run(installed, "ack", "1001", "--as", "ana", "--url", url, folder=folder)
    assert "acknowledged by Ana" in acknowledged
    explained = run(installed, "explain", "1001", "--url", url, folder=folder)
    assert "acknowledged by Ana" in explained
    status, _, page = request(f"{url}/incidents/1001")
    assert status == 200
    assert b"DoubleChargeDetected" in page
    assert {path.name for path in folder.iterdir()} == {
        "data", "routes.schema.json", "routes.yaml", "sample-alert.json"
    }  # fmt: skip


def test_the_page_about_installing_shows_the_commands_that_are_tested() -> None:
    """What the test above runs is what a reader types."""
    page = (CHECKOUT / "docs" / "install.md").read_text(encoding="utf-8")
    section = page.partition("## The wheel")[2].partition("\n## ")[0]
    shown = re.findall(r"^/opt/gateway/bin/gateway (.*)$", section, re.MULTILINE)
    assert shown == ["init", "check", "serve", "ack 1001 --as ana"]
    assert "--data @sample-alert.json" in section
    assert "/webhook/alertmanager" in section


def test_monitoring_comes_from_the_wheel(installed: Path, folder: Path) -> None:
    """Rules and dashboards about the gateway are written without a checkout."""
    run(installed, "init", "--monitoring", folder=folder)
    for name in ("gateway", "alerts"):
        ours = CHECKOUT / "deploy" / "dashboards" / "json" / f"{name}.json"
        assert (folder / f"{name}.dashboard.json").read_bytes() == ours.read_bytes()
    rules = (CHECKOUT / "docs" / "gateway.rules.yml").read_bytes()
    assert (folder / "gateway.rules.yml").read_bytes() == rules
