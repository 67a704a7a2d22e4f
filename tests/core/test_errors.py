"""All errors of the project have one base, and names that say so."""

import ast
from pathlib import Path

from gateway.cli.support.context import CliError
from gateway.core.errors import GatewayError
from gateway.settings.parse import SettingError
from gateway.store.db.errors import StoreUnavailableError

PACKAGE = Path(__file__).parents[2] / "gateway"


def _exceptions() -> dict[str, set[str]]:
    """Return each exception class of the package with the names of its bases."""
    bases_by_name = {}
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
                if any(base.endswith(("Error", "Exception")) for base in bases):
                    bases_by_name[node.name] = bases
    return bases_by_name


def test_every_exception_is_an_error_of_the_gateway() -> None:
    """An exception derives from `GatewayError`, directly or through another one of the project."""
    exceptions = _exceptions()
    known = {"GatewayError"}
    while more := {name for name, bases in exceptions.items() if bases & known} - known:
        known |= more
    assert len(known) > 20
    assert set(exceptions) - known == set()
    assert [name for name in exceptions if not name.endswith("Error")] == []


def test_errors_stay_errors_of_the_standard_library() -> None:
    """Callers that catch ValueError still catch a wrong setting."""
    assert issubclass(SettingError, ValueError)
    assert issubclass(StoreUnavailableError, GatewayError)
    assert issubclass(CliError, GatewayError)
