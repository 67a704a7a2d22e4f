"""Columns of the command line: for people on terminals, and for files and pipes."""

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


def test_columns_are_as_wide_as_what_they_show(capsys: pytest.CaptureFixture[str]) -> None:
    """Also where a character takes two columns; foreign text stays in its line."""
    print_columns(ROWS, ("id", "state", "what"))
    assert capsys.readouterr().out == SHOWN
    print_columns(ROWS[:1], indent=2)
    assert capsys.readouterr().out == "  a  bb  ccc\n"
    print_columns([])
    assert capsys.readouterr().out == ""


def test_in_a_pipe_nothing_wraps_however_long_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """One row is one line for grep."""
    long = "why " * 500
    print_columns([["id", long, "end"]])
    assert capsys.readouterr().out == f"id  {long.strip()}  end\n"


def test_on_a_terminal_that_is_too_narrow_cells_wrap(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The columns stay columns; where there is room nothing wraps."""
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
def test_short_lists_do_not_load_what_wraps() -> None:
    """A list of thousands would take ten times as long with it, and a short one longer to start."""
    code = (
        "import sys; from gateway.cli.support.output import print_columns; "
        "print_columns([['a', 'b']] * 9);"
        "sys.exit('rich' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
