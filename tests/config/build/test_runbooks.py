"""Runbooks of a folder: which files are read, which are left out, and how alerts name them."""

from pathlib import Path

import pytest

from gateway.config.load import Config, ConfigError, load
from gateway.config.source.markdown_folder import MAX_BYTES

ROUTES = "runbooks: books\nreceivers: [{name: all}]\nroute: {receiver: all}\n"
TEXT = "# Double charge\n\n## Immediate\n\nAcknowledge.\n"


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A folder with one runbook, beside a routes.yaml."""
    (tmp_path / "routes.yaml").write_text(ROUTES)
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "double-charge-detected.md").write_text(TEXT)
    return folder


def loaded(books: Path) -> Config:
    """The file beside the folder."""
    return load(books.parent / "routes.yaml", env={})


def warnings(books: Path) -> list[str]:
    """What the file warns of, about runbooks."""
    texts = [one.message for one in loaded(books).warnings]
    return [text for text in texts if text.startswith("runbooks")]


def test_alert_has_the_file_of_its_name(books: Path) -> None:
    """Case, dashes and underscores do not count; another name has none."""
    runbooks = loaded(books).plan.runbooks
    page = runbooks.find("DoubleChargeDetected")
    assert page is not None
    assert (page.name, page.title) == ("double-charge-detected", "Double charge")
    assert page.immediate == "Acknowledge."
    assert runbooks.find("DoubleCharge") is None
    assert warnings(books) == []


def test_link_out_of_the_folder_is_omitted_and_one_inside_is_read(books: Path) -> None:
    """Kubernetes mounts files as links inside of the folder; other links may lead to secrets."""
    secret = books.parent / "secret.md"
    secret.write_text("# A key")
    (books / "outside.md").symlink_to(secret)
    hidden = books / "..data"
    hidden.mkdir()
    (hidden / "inside.md").write_text(TEXT)
    (books / "inside.md").symlink_to(hidden / "inside.md")
    assert set(loaded(books).plan.runbooks.pages) == {"double-charge-detected", "inside"}
    assert warnings(books) == [
        "runbooks: outside.md is left out: it is a symbolic link that leads out of the folder"
    ]


def test_file_that_cannot_be_used_is_a_warning_and_the_routes_load(books: Path) -> None:
    """A runbook never keeps a corrected route out."""
    (books / "large.md").write_text("x" * (MAX_BYTES + 1))
    (books / "a b.md").write_text(TEXT)
    (books / "binary.md").write_bytes(b"\xff\xfe")
    (books / "folder.md").mkdir()
    messages = " ".join(warnings(books))
    for name in ("large.md", "a b.md", "binary.md", "folder.md"):
        assert f"{name} is left out" in messages
    assert set(loaded(books).plan.runbooks.pages) == {"double-charge-detected"}


def test_files_that_are_one_to_alerts_and_files_without_the_section_are_named(books: Path) -> None:
    """`gateway check` says what a message would lack, in one line each."""
    (books / "DoubleChargeDetected.md").write_text("# No section")
    messages = warnings(books)
    assert "are one runbook to alerts" in messages[0]
    assert messages[1] == ('runbooks: no section "Immediate" for messages in DoubleChargeDetected')


def test_missing_folder_is_an_error_with_its_line(tmp_path: Path) -> None:
    """The mistake is in routes.yaml, so it is reported there."""
    (tmp_path / "routes.yaml").write_text(ROUTES)
    with pytest.raises(ConfigError) as refused:
        load(tmp_path / "routes.yaml", env={})
    (problem,) = refused.value.problems
    assert (problem.line, problem.path) == (1, "runbooks")
    assert "No such file" in problem.message


def test_url_that_is_not_safe_is_an_error(tmp_path: Path) -> None:
    """A base URL is checked as that of a link."""
    (tmp_path / "routes.yaml").write_text(ROUTES.replace(": books", ": ftp://example.com/"))
    with pytest.raises(ConfigError, match="write https://"):
        load(tmp_path / "routes.yaml", env={})


def test_header_lists_further_alerts_and_is_not_shown(books: Path) -> None:
    """Alerts of one kind share a runbook; the name of a file wins over a list."""
    text = f'---\nowner: ana\nalerts: [Refunds slow, "DoubleChargeDetected"]\n---\n{TEXT}'
    (books / "refunds.md").write_text(text)
    runbooks = loaded(books).plan.runbooks
    refunds, charge = runbooks.find("RefundsSlow"), runbooks.find("DoubleChargeDetected")
    assert refunds is not None
    assert charge is not None
    assert (refunds.name, charge.name) == ("refunds", "double-charge-detected")
    assert refunds.text == TEXT
