"""`gateway check` finds what is wrong with templates before an alert does."""

import os
from pathlib import Path

import pytest

from gateway.render.renderer import Renderer
from gateway.render.samples import sample
from gateway.render.view.view import NAMES
from tests.render.rendering import SHIPPED, problems_of, renderer_with, request_of


def test_the_shipped_templates_are_sound() -> None:
    """E16: every shipped template renders every sample."""
    assert problems_of(SHIPPED) == []


@pytest.mark.parametrize(
    ("file", "source", "line", "message"),
    [
        ("slack/text.j2", "a\n{{ sumary }}", 2, "'sumary' is undefined (did you mean 'summary'?)"),
        ("email/text.j2", "{% if kind == 'never' %}{{ odd }}{% endif %}", 1, "'odd' is undefined"),
        ("email/html.j2", "a\n\n{% for x in alerts %}", 3, "Unexpected end of template"),
        ("console/text.j2", "{{ name|shout }}", 1, "No filter named 'shout'"),
        ("shared/why.j2", "\n{{ link.runbook }}", 2, "'link' is undefined"),
        ("shared/tag.j2", "{{ 'a' * 9999999 }}", 1, "9999999 characters"),
        ("pagerduty/summary.resolved.j2", "{{ table.rowz }}", 1, "has no attribute 'rowz'"),
    ],
)
def test_a_mistake_is_found_with_file_and_line(
    tmp_path: Path, file: str, source: str, line: int, message: str
) -> None:
    """E16: the admin reads where and what, also where no sample leads."""
    problems = problems_of(renderer_with(tmp_path, {file: source}))
    assert [(p.file, p.line, p.warning) for p in problems] == [(str(tmp_path / file), line, False)]
    assert message in problems[0].message
    assert str(problems[0]).startswith(f"{tmp_path / file}:{line}: ")


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("slack/titel.j2", "did you mean title.j2?"),
        (
            "fax/text.j2",
            "the folders are email, slack, pagerduty, sms, voice, ntfy, apprise, console, shared",
        ),
        ("slack/text.fireing.j2", "nothing uses slack/text.fireing.j2"),
        ("shared/unused.j2", "no template includes shared/unused.j2"),
    ],
)
def test_a_file_that_nothing_uses_is_pointed_out(tmp_path: Path, file: str, message: str) -> None:
    """What loads but cannot be meant is a warning: the admin thinks it is in force."""
    problems = problems_of(renderer_with(tmp_path, {file: "x"}))
    assert [problem.warning for problem in problems] == [True]
    assert message in problems[0].message


def test_a_file_that_another_includes_is_fine(tmp_path: Path) -> None:
    """An admin may split templates, with names of their own in them."""
    files = {
        "slack/text.j2": "{% set mine = 1 %}{% include 'shared/part.j2' %}",
        "shared/part.j2": "{{ mine }} {{ headline }}",
    }
    assert problems_of(renderer_with(tmp_path, files)) == []


def test_every_name_is_documented_and_there() -> None:
    """The list of names that admins read is the list that templates get."""
    each = sample()
    names = SHIPPED.names(request_of(each, "email"))
    assert set(names) - set(SHIPPED.plain.globals) == set(NAMES)


def test_a_pipe_or_a_huge_file_is_no_template(tmp_path: Path) -> None:
    """Promise 7: a pipe is never waited for and a huge file never read; check names both."""
    (tmp_path / "email").mkdir()
    os.mkfifo(tmp_path / "email" / "text.j2")
    with (tmp_path / "email" / "subject.j2").open("wb") as file:
        file.truncate(1024**4)
    problems_by_file = {problem.file: problem for problem in problems_of(Renderer([tmp_path]))}
    assert "not a regular file" in problems_by_file[f"{tmp_path}/email/text.j2"].message
    assert "larger than 256 KiB" in problems_by_file[f"{tmp_path}/email/subject.j2"].message
    assert not any(problem.warning for problem in problems_by_file.values())
