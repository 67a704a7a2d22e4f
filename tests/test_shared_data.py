"""Data and programs from outside: found, or reported as missing by a skip or a failure."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shared_data import real_program, shared


def test_shared_data_is_found_by_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GATEWAY_SHARED_DIR names the folder."""
    (tmp_path / "vectors.json").write_text("[]")
    monkeypatch.setenv("GATEWAY_SHARED_DIR", str(tmp_path))
    assert shared("vectors.json") == tmp_path / "vectors.json"


def test_a_real_program_is_found_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program is looked up as a shell would."""
    program = tmp_path / "prometheus"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert real_program("prometheus") == program


@pytest.mark.parametrize(
    ("find", "required_by"),
    [(shared, "GATEWAY_REQUIRE_SHARED"), (real_program, "GATEWAY_REQUIRE_REAL_PROGRAMS")],
)
def test_missing_data_skips_unless_it_is_required(
    find: Callable[[str], Path],
    required_by: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Absence is a skip that names what is missing, and a failure in a continuous build."""
    monkeypatch.setenv("GATEWAY_SHARED_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(required_by, raising=False)
    with pytest.raises(pytest.skip.Exception, match="absent-thing"):
        find("absent-thing")
    monkeypatch.setenv(required_by, "1")
    with pytest.raises(pytest.fail.Exception, match=f"absent-thing.*{required_by}=1"):
        find("absent-thing")
