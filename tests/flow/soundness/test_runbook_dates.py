"""Runbooks are dated by git or by themselves, and never by the time of the file."""

import subprocess
from pathlib import Path

import pytest

from gateway.core.plan.runbooks import runbook
from gateway.flow.soundness.runbook_dates import runbook_dates

pytestmark = pytest.mark.process

TEXT = "# Double charge\n## Immediate\nx\n"
DATED = "---\nupdated: 2026-05-01\n---\n" + TEXT
PAGES = {name: runbook(name, text) for name, text in (("a", TEXT), ("b", DATED), ("c", TEXT))}


def git(folder: Path, *arguments: str, date: str = "") -> None:
    """Run git in a folder, as somebody whose configuration does not matter."""
    env = {
        "PATH": "/usr/bin:/bin:/usr/local/bin",
        "HOME": str(folder),
        **{
            f"GIT_{who}_{what}": "ana@example.com"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
        **{f"GIT_{who}_DATE": date for who in ("AUTHOR", "COMMITTER") if date},
    }
    subprocess.run(("git", "-C", str(folder), *arguments), env=env, check=True, capture_output=True)


def repository(tmp_path: Path) -> Path:
    """Return a folder of runbooks that was committed twice."""
    folder = tmp_path / "repository" / "runbooks"
    folder.mkdir(parents=True)
    git(folder.parent, "init", "-q")
    (folder / "a.md").write_text(TEXT)
    (folder / "b.md").write_text(DATED)
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "-qm", "one", date="2026-01-02T00:00:00Z")
    (folder / "b.md").write_text(DATED + "more\n")
    git(folder.parent, "commit", "-qam", "two", date="2026-11-02T00:00:00Z")
    (folder / "c.md").write_text(TEXT)
    return folder


def test_last_commit_of_each_file_is_its_date(tmp_path: Path) -> None:
    """Git wins over the date in the file; a file that was not committed has none."""
    dates = runbook_dates(repository(tmp_path), PAGES)
    assert dates == {"a": (1767312000.0, "git"), "b": (1793577600.0, "git")}


def test_without_git_the_date_in_the_file_counts(tmp_path: Path) -> None:
    """A folder in a container has no history."""
    assert runbook_dates(tmp_path, PAGES) == {"b": (1777593600.0, "its own date")}


def test_shallow_clone_says_nothing(tmp_path: Path) -> None:
    """Its only commit is the date of all files, so nobody knows when they were changed."""
    origin = repository(tmp_path).parent
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{origin}", str(clone))
    assert runbook_dates(clone / "runbooks", PAGES) == {"b": (1777593600.0, "its own date")}
