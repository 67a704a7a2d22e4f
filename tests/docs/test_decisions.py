"""The decision records: one template, one numbering, and an index that agrees with them."""

import re
from datetime import date

import pytest

from tests.docs.pages import DOCS, table_rows

FOLDER = DOCS / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
_HEAD = re.compile(
    r"# (?P<number>\d{4}): (?P<title>[^\n]+)\n\n"
    r"Date: (?P<date>\d{4}-\d\d-\d\d)\. Status: (?P<status>[a-z]+( by \d{4})?)\.\n"
)
_STATUS = re.compile(r"proposed|accepted|superseded by (\d{4})")


def _head(name: str) -> re.Match[str]:
    match = _HEAD.match((FOLDER / name).read_text(encoding="utf-8"))
    assert match, f"{name} does not begin as docs/decisions/template.md does"
    return match


@pytest.mark.parametrize("name", [path.name for path in RECORDS])
def test_a_record_follows_the_template(name: str) -> None:
    """Number, date, status, and the same four sections in the same order."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    head = _head(name)
    assert head["number"] == name[:4]
    assert date.fromisoformat(head["date"])
    status = _STATUS.fullmatch(head["status"])
    assert status
    if status[1]:
        assert list(FOLDER.glob(f"{status[1]}-*.md"))
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert sections == ["Context", "Decision", "Consequences", "Alternatives"]


def test_no_number_is_used_twice() -> None:
    """A number names one record."""
    numbers = [path.name[:4] for path in RECORDS]
    assert len(numbers) == len(set(numbers))
    others = {path.name for path in FOLDER.glob("*.md")} - {path.name for path in RECORDS}
    assert others == {"index.md", "template.md"}


def test_the_index_lists_every_record_with_its_status_and_date() -> None:
    """docs/decisions/index.md agrees with the records, in their order."""
    expected = []
    for path in RECORDS:
        head = _head(path.name)
        link = f"[{head['number']}: {head['title']}]({path.name})"
        expected.append([link, head["status"], head["date"]])
    index = (FOLDER / "index.md").read_text(encoding="utf-8")
    assert table_rows(index)[2:] == expected
