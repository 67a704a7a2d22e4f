"""Every command works with the packages of requirements.lock alone."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions

import click
import pytest

from gateway import __version__
from gateway.cli import COMMANDS, main
from tests.shared_data import CHECKOUT

pytestmark = pytest.mark.process

OURS = "alert-gateway"
SCRIPT = """
import sys, json
from importlib.abc import MetaPathFinder

banned = set(json.loads(sys.argv.pop(1)))

class Refuse(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in banned:
            raise ModuleNotFoundError(f"{name} is not a run-time dependency", name=name)

sys.meta_path.insert(0, Refuse())
sys.argv[0] = "gateway"
"""
RUN_COMMAND = SCRIPT + "from gateway.cli import main\nmain()\n"
IMPORT_ALL = (
    SCRIPT
    + """
import importlib, pkgutil, gateway
for module in pkgutil.walk_packages(gateway.__path__, "gateway."):
    if "migrations" not in module.name:  # they run inside of Alembic only
        importlib.import_module(module.name)
"""
)


def development_modules() -> list[str]:
    """Return the top-level modules that only packages outside of requirements.lock provide."""
    lock = (CHECKOUT / "requirements.lock").read_text()
    pinned = {_plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.M)} | {OURS}
    return [
        module
        for module, names in packages_distributions().items()
        if not pinned.intersection(map(_plain, names))
    ]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def run(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", script, json.dumps(development_modules()), *arguments]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)


def command_lines() -> Iterator[tuple[str, ...]]:
    """Every command, and the commands of groups."""
    context = click.Context(main)
    for name in COMMANDS:
        yield (name,)
        command = main.get_command(context, name)
        if isinstance(command, click.Group):
            yield from ((name, inner) for inner in command.commands)


def test_development_packages_are_known_to_be_banned() -> None:
    """Packages that only tests need are banned, and run-time packages are not."""
    banned = development_modules()
    assert {"pytest", "hypothesis", "jsonschema"} <= set(banned)
    assert not {"gateway", "aiohttp", "re2", "yaml", "click"} & set(banned)


def test_version_is_printed_with_run_time_packages_alone() -> None:
    """`gateway --version` names the program and the version that pyproject.toml publishes."""
    result = run(RUN_COMMAND, "--version")
    assert (result.returncode, result.stdout) == (0, f"gateway {__version__}\n"), result.stderr


def test_python_m_gateway_is_the_command_line() -> None:
    """Where no script is on the PATH, `python -m gateway` runs the same commands."""
    command = [sys.executable, "-m", "gateway", "--version"]
    result = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, f"gateway {__version__}\n"), result.stderr


@pytest.mark.parametrize("words", [(), *command_lines()], ids=" ".join)
def test_help_is_printed_with_run_time_packages_alone(words: tuple[str, ...]) -> None:
    """No command needs a package that `make run` does not install, not even for its help."""
    result = run(RUN_COMMAND, *words, "--help")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(" ".join(("Usage: gateway", *words)))


def test_every_module_imports_with_run_time_packages_alone() -> None:
    """A module that only some request or message reaches needs no development package either."""
    result = run(IMPORT_ALL)
    assert result.returncode == 0, result.stderr
