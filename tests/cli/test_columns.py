"""Columns of the command line, on terminals, in files and in pipes."""

import subprocess
import sys

import pytest

from gateway.cli.support.output import print_columns

ROWS = [["a", "bb", "ccc"], ["aaaa", ("日本", "red"), "c"], ["x", "", "y\nz"]]
SHOWN = """\
id    state  what
a     bb     ccc
aaaa  日本   c
x            y z
"""


def test_columns_are_as_wide_as_their_contents(capsys: pytest.CaptureFixture[str]) -> None:
    """Wide characters count as two columns; foreign text stays on its line."""
    print_columns(ROWS, ("id", "state", "what"))
    assert capsys.readouterr().out == SHOWN
    print_columns(ROWS[:1], indent=2)
    assert capsys.readouterr().out == "  a  bb  ccc\n"
    print_columns([])
    assert capsys.readouterr().out == ""


def test_long_cells_do_not_wrap_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """One row is one line for grep."""
    long = "why " * 500
    print_columns([["id", long, "end"]])
    assert capsys.readouterr().out == f"id  {long.strip()}  end\n"


def test_long_cells_wrap_on_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Columns stay aligned, and nothing wraps on a wide terminal."""
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_columns([["id", "some words that do not fit in there", "end"]])
    wrapped = capsys.readouterr().out.splitlines()
    assert len(wrapped) > 1
    assert max(map(len, wrapped)) <= 30
    print_columns([["id", "some words", "end"]])
    assert capsys.readouterr().out == "id  some words  end\n"


@pytest.mark.process
def test_short_lists_do_not_import_rich() -> None:
    """Importing it would double the start-up time of every list."""
    code = (
        "import sys; from gateway.cli.support.output import print_columns; "
        "print_columns([['a', 'b']] * 9);"
        "sys.exit('rich' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
