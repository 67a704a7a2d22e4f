"""An admin replaces one template by putting a file of the same name into their folder."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.core.incidents.notice import NoticeKind
from gateway.render.renderer import Renderer
from gateway.render.samples import GATEWAY, sample
from tests.render.rendering import message_of, renderer_with


def test_one_file_replaces_one_template(tmp_path: Path) -> None:
    """The rest stays as it was shipped."""
    renderer = renderer_with(tmp_path, {"email/subject.j2": "{{ severity|upper }} {{ name }}"})
    message = message_of(sample(), "email", renderer)
    assert message.parts["subject"] == "CRITICAL DoubleChargeDetected"
    assert message.parts["text"] == message_of(sample(), "email").parts["text"]


def test_a_template_for_one_kind_goes_before_the_general_one(tmp_path: Path) -> None:
    """``text.repeat.j2`` is for repeats only."""
    files = {"console/text.repeat.j2": "again", "console/text.j2": "once"}
    renderer = renderer_with(tmp_path, files)
    assert message_of(sample(NoticeKind.REPEAT), "console", renderer).parts["text"] == "again\n"
    assert message_of(sample(NoticeKind.FIRING), "console", renderer).parts["text"] == "once\n"


def test_an_admins_template_goes_before_any_shipped_one(tmp_path: Path) -> None:
    """Also before a more special one of an outer folder: who replaces a part means all of it."""
    near, far = tmp_path / "near", tmp_path / "far"
    renderer_with(far, {"console/text.repeat.j2": "shipped again"})
    renderer_with(near, {"console/text.j2": "mine"})
    renderer = Renderer([near, far], GATEWAY)
    assert message_of(sample(NoticeKind.REPEAT), "console", renderer).parts["text"] == "mine\n"


def test_a_shared_sentence_changes_everywhere(tmp_path: Path) -> None:
    """One file changes how all channels say since when."""
    renderer = renderer_with(tmp_path, {"shared/when.j2": "Began {{ since_at|clock }}!"})
    for channel, part in (("email", "html"), ("slack", "text"), ("console", "text")):
        assert "Began 04:50 CET!" in message_of(sample(), channel, renderer).parts[part]


def test_a_folder_that_does_not_exist_changes_nothing(tmp_path: Path) -> None:
    """`--templates` may name a folder that is made later."""
    renderer = Renderer([tmp_path / "nowhere"], GATEWAY)
    assert message_of(sample(), "slack", renderer) == message_of(sample(), "slack")


def test_naming_the_shipped_folder_is_the_same_as_naming_none() -> None:
    """The default of `--templates` is the shipped folder itself."""
    shipped = Renderer([], GATEWAY).lookup.folders
    assert Renderer([shipped[0]], GATEWAY).lookup.folders == shipped


def test_a_template_cannot_read_files_outside(tmp_path: Path) -> None:
    """A path that leads out of the folders is no template."""
    (tmp_path / "secret.j2").write_text("secret")
    files = {"console/text.j2": "{% include '../secret.j2' %}"}
    message = message_of(sample(), "console", renderer_with(tmp_path / "own", files))
    assert message.failed_template == "console/text.j2"
    assert "there is no template ../secret.j2" in message.parts["text"]


@pytest.mark.parametrize(
    ("channel", "part", "own", "marked"),
    [
        ("email", "subject", "{{ labels.alertname }}", "TEST: DoubleChargeDetected"),
        ("email", "text", "See {{ labels.alertname }}", "TEST. Nothing is wrong.\nSee"),
        ("email", "html", "<body class=x><p>Hi", "<body class=x><p><strong>TEST. Nothing"),
        ("email", "html", "<p>Hi", "<p><strong>TEST. Nothing is wrong.</strong></p><p>Hi"),
        ("slack", "text", "a test of {{ name }}", "TEST. Nothing is wrong.\na test of"),
        ("pagerduty", "summary", "{{ name }}", "TEST: DoubleChargeDetected"),
        ("voice", "text", "This is a test. {{ name }}", "This is a test. DoubleCharge"),
        ("sms", "text", "TEST {{ name }}", "TEST DoubleChargeDetected"),
    ],
)
def test_a_test_is_marked_also_by_a_template_that_knows_no_tests(
    tmp_path: Path, channel: str, part: str, own: str, marked: str
) -> None:
    """Nobody takes a test for real."""
    renderer = renderer_with(tmp_path, {f"{channel}/{part}.j2": own})
    request = sample()
    real = message_of(request, channel, renderer).parts[part]
    facts = {**request.facts, "test": True}
    assert (
        message_of(replace(request, facts=facts), channel, renderer).parts[part].startswith(marked)
    )
    assert not real.startswith("TEST.")
    assert not real.startswith("TEST:")


def test_a_test_is_marked_when_a_template_fails(tmp_path: Path) -> None:
    """The built-in text is marked too."""
    renderer = renderer_with(tmp_path, {"email/text.j2": "{{ nothing.of.this }}"})
    request = sample()
    message = message_of(replace(request, facts={**request.facts, "test": True}), "email", renderer)
    assert message.failed_template == "email/text.j2"
    assert all("TEST" in text for text in message.parts.values())
