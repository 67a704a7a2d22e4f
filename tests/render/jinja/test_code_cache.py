"""Compiled templates are shared between renderers that compile them alike, and no others."""

from pathlib import Path

import pytest
from jinja2 import FileSystemLoader

from gateway.core.text.escape import slack_escape
from gateway.render.jinja.sandbox import TemplateEnvironment

BOLD = '{{ "<b>" }}{{ "<b>" ~ "&" }}'


def rendered(folder: Path, *, slack: bool = False, html: bool = False) -> str:
    """Render the template with a new environment."""
    environment = TemplateEnvironment(
        FileSystemLoader(folder), slack_escape if slack else None, html=html
    )
    environment.meter.start("UTC", 0.0)
    return environment.get_template("x.j2").render()


def test_template_is_compiled_once_for_all_renderers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reload compiles only the templates that changed."""
    compiled = []
    original = TemplateEnvironment.compile

    def compile_and_count(self: TemplateEnvironment, *args: object, **named: object) -> object:
        compiled.append(args)
        return original(self, *args, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(TemplateEnvironment, "compile", compile_and_count)
    (tmp_path / "x.j2").write_text("one")
    assert [rendered(tmp_path), rendered(tmp_path)] == ["one", "one"]
    assert len(compiled) == 1
    (tmp_path / "x.j2").write_text("two")
    assert rendered(tmp_path) == "two"
    assert len(compiled) == 2


@pytest.mark.parametrize("first", [0, 1, 2])
def test_constants_are_escaped_as_each_environment_does(tmp_path: Path, first: int) -> None:
    """Jinja escapes constants when it compiles, so no other environment may take that code."""
    (tmp_path / "x.j2").write_text(BOLD)
    forms = [{}, {"slack": True}, {"html": True}]
    texts = {str(form): rendered(tmp_path, **form) for form in (*forms[first:], *forms[:first])}
    assert texts == {
        "{}": "<b><b>&",
        "{'slack': True}": "&lt;b&gt;&lt;b&gt;&amp;",
        "{'html': True}": "&lt;b&gt;&lt;b&gt;&amp;",
    }
