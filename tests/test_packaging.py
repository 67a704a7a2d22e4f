"""What is installed is what is in the repository, and only what was hashed."""

import re
import tomllib
from importlib.util import find_spec

import pytest

from gateway.core.plan.channels import CHANNELS
from gateway.shipped import SHIPPED_FILES, shipped_file, shipped_templates
from tests.shared_data import CHECKOUT

LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"]


def test_a_checkout_uses_its_own_templates() -> None:
    """An edit of `templates/` in a checkout takes effect."""
    assert shipped_templates() == CHECKOUT / "templates"


def test_the_wheel_has_every_file_that_the_program_opens() -> None:
    """The packages' lists and the program's own table name the same files, which exist."""
    build = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    wheel = dict(build["targets"]["wheel"]["force-include"])
    assert wheel.pop("templates") == "gateway/shipped_templates"
    assert wheel == {path: f"gateway/shipped_files/{name}" for name, path in SHIPPED_FILES.items()}
    assert {f"/{path}" for path in wheel} <= set(build["targets"]["sdist"]["include"])
    for name in SHIPPED_FILES:
        assert shipped_file(name).exists(), name


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_and_hashes_every_package_and_names_no_host(name: str) -> None:
    """A package has one version with known files, from any index that the admin trusts."""
    text = (CHECKOUT / name).read_text()
    assert "://" not in text
    assert not re.search(r"^-|^\s+--(?!hash=sha256:[0-9a-f]{64}\b)", text, re.MULTILINE)
    requirements = re.findall(r"^([a-z0-9].*?)(?<!\\)$", text, re.MULTILINE | re.DOTALL)
    for requirement in requirements:
        first, *rest = requirement.splitlines()
        assert re.match(r"[a-z0-9._-]+==\S+( ; .+)? \\$", first), first
        assert any("--hash=sha256:" in line for line in rest), first


def test_the_lock_files_agree() -> None:
    """Tests and production use the same versions."""
    pins = {
        name: dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (CHECKOUT / name).read_text(), re.M))
        for name in LOCKS
    }
    runtime, development, build = (pins[name] for name in LOCKS)
    assert runtime.items() <= development.items()
    assert build.items() <= development.items()


def test_each_library_of_a_channel_is_an_extra_that_the_locks_install() -> None:
    """The container and `make run` have every channel; the error about a missing one is true."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    locked_extras = re.findall(r"--extra (\S+)", _line_of_makefile("EXTRAS := "))
    assert locked_extras == sorted(set(extras) - {"dev"})
    locked = re.findall(r"^([a-z0-9._-]+)==", (CHECKOUT / LOCKS[0]).read_text(), re.M)
    for extra in locked_extras:
        assert {re.split(r"[^a-z0-9-]", one)[0] for one in extras[extra]} <= set(locked)
    for spec in CHANNELS.values():
        for library in spec.libraries.values():
            assert library.extra in locked_extras, spec.name
            assert find_spec(library.module) is not None, library


def _line_of_makefile(start: str) -> str:
    lines = (CHECKOUT / "Makefile").read_text().splitlines()
    return next(line for line in lines if line.startswith(start))
