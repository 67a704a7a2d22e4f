"""Go templates that only name fields are given in Jinja; the others are said to be replaced."""

from pathlib import Path

import pytest

from gateway.importers.alertmanager.read.gotemplate import in_jinja, is_default
from gateway.importers.alertmanager.write.notes import NoteKind
from gateway.render.renderer import Renderer
from tests.importers.alertmanager.texts import lost, notes, receiver
from tests.render.rendering import problems_of

SIMPLE = {
    "{{ .CommonLabels.alertname }}": "{{ labels.alertname }}",
    "{{.GroupLabels.team|toUpper}}": "{{ group_labels.team|upper }}",
    "{{ .CommonAnnotations.summary }} in {{ .CommonLabels.env }}!": (
        "{{ annotations.summary }} in {{ labels.env }}!"
    ),
    "{{ .Status | toLower }} {{ .Receiver }} {{ .ExternalURL }}": (
        "{{ status|lower }} {{ receiver }} {{ external_url }}"
    ),
    '{{ index .CommonLabels "the.team" }}': '{{ labels["the.team"] }}',
    "{{ .Alerts.Firing | len }} and {{ len .Alerts.Resolved }}": "{{ firing }} and {{ resolved }}",
    "no action at all": "no action at all",
}
TOO_MUCH = [
    "{{ range .Alerts }}x{{ end }}",
    '{{ template "own.title" . }}',
    '{{ if eq .Status "firing" }}x{{ end }}',
    "{{ .CommonLabels.alertname | reReplaceAll `a` `b` }}",
    "{{ .CommonLabels.SortedPairs.Names }}",
    "{{- .Status }}",
    "{{ .Alerts }}",
    "{{ . }}",
    "a {% b %}",
    "a {{ b",
    "{{ .CommonLabels.class.x }}",
]


@pytest.mark.parametrize("text", SIMPLE)
def test_fields_become_ours(text: str) -> None:
    """Labels, annotations and counts have names of their own here."""
    assert in_jinja(text) == SIMPLE[text]


@pytest.mark.parametrize("text", TOO_MUCH)
def test_what_does_more_is_not_guessed_at(text: str) -> None:
    """A wrong sentence at night is worse than ours."""
    assert in_jinja(text) is None


def test_what_is_given_works_as_a_template_of_ours(tmp_path: Path) -> None:
    """Promise 7: pasted where the remark says, it renders for every sample."""
    (tmp_path / "slack").mkdir()
    (tmp_path / "slack" / "title.j2").write_text(" ".join(SIMPLE.values()))
    assert problems_of(Renderer([tmp_path])) == []


def test_alertmanagers_own_templates_are_not_worth_a_word() -> None:
    """Many files repeat the defaults."""
    assert is_default('{{ template "slack.default.title" . }}')
    assert not is_default('{{ template "slack.mine.title" . }}')
    general = "global: {slack_app_token: test-token}"
    own = "slack_configs:\n  - channel: '#a'\n    title: '%s'"
    assert not notes(
        receiver(own % '{{ template "slack.default.title" . }}', general), NoteKind.LOST
    )


def test_the_comment_stands_at_the_target_and_can_be_pasted() -> None:
    """Line by line, and as one text in the report."""
    translation = receiver(
        "slack_configs:\n  - channel: '#a'\n    title: |\n"
        "      {{ .CommonLabels.alertname }}\n      {{ .Status }}\n"
        "    text: '{{ range .Alerts }}x{{ end }}'",
        "global: {slack_app_token: test-token}",
    )
    target = translation.text.partition("slack:\n      - channel")[2]
    assert "#   {{ labels.alertname }}\n        #   {{ status }}\n" in target
    (note,) = translation.notes.of(NoteKind.CHANGED)
    assert note.template == "{{ labels.alertname }}\n{{ status }}\n"
    assert "templates/slack/title.j2" in note.problem.message
    assert "templates/slack/text.j2" in lost(translation)[0]
