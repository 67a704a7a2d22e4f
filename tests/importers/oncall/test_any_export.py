"""Exports in which anything was changed: an import, or an error with its path, and nothing else."""

import json
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.importers.oncall.read.json_value import ExportError
from tests.examples import examples
from tests.importers.oncall.exports.make import EXPORTS, FOLDER
from tests.importers.oncall.imports import committed, compared, imported, imported_file

_VALUES = st.sampled_from(
    [None, True, 0, -1, 3, 10**6, 10**15, 1.5, "", " ", "a\nb", "${HOME}", "none", "24:00",
     "UTC", "0001-01-01T00:00:00Z", "2199-12-31T23:59:00Z", "2026-10-25T00:30:00Z",
     "2026-10-25T02:30:00", "ana@example.com", "weekly", [], {}, ["x"], [[]], [None], {"id": "x"}]
)  # fmt: skip


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path below a value, but for rendered shifts, which are many and alike."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))[:6]
    return [(*path, key) for key, _ in pairs] + [
        one for key, inner in pairs for one in _paths(inner, (*path, key))
    ]


def _changed(documents: list[Any], path: tuple[Any, ...], value: Any) -> list[Any]:
    changed = deepcopy(documents)
    target: Any = changed
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return changed


@pytest.mark.parametrize("name", EXPORTS)
@settings(max_examples=examples(40), deadline=None)
@given(data=st.data())
def test_a_changed_value_is_imported_or_refused_with_its_path(name: str, data: Any) -> None:
    """No value at all ends in a traceback, or in a file that the gateway refuses."""
    documents = committed(name)
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(_paths(documents)))
        documents = _changed(documents, path, data.draw(_VALUES))
    with TemporaryDirectory() as folder:
        try:
            compared(imported(Path(folder), *documents))
        except ExportError as error:
            problem = error
        else:
            return
    assert problem.position.file.endswith("export.json")
    assert problem.message


def test_exports_of_two_products_are_refused() -> None:
    """They have nothing to do with each other; the error names both."""
    with pytest.raises(ExportError, match=r"it is of .*, and .* is of .*; import each by itself"):
        imported_file(FOLDER / "pagerduty.json", FOLDER / "goalert.json")


@pytest.mark.parametrize("name", EXPORTS)
def test_several_files_are_one_export(name: str, tmp_path: Path) -> None:
    """An answer may be a file of its own, formatted in any way."""
    files = []
    for number, document in enumerate(committed(name)):
        file = tmp_path / f"{number:02}.json"
        file.write_text(json.dumps(document, indent=2), encoding="utf-8")
        files.append(file)
    for one in compared(imported_file(*files)):
        assert one.differences == ()


@pytest.mark.parametrize("name", EXPORTS)
def test_a_fragment_loads_below_any_other_file(name: str) -> None:
    """It has people, teams, rotas and escalations, and nothing that a file has once."""
    written = imported_file(FOLDER / name, fragment=True)
    keys = [line.partition(":")[0] for line in written.text.splitlines() if line[:1].isalpha()]
    assert set(keys) <= {"people", "teams", "rotas", "escalations"}
    assert written.loaded(written.text).plan.rotas
