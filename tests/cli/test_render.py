"""`gateway render`: previews of messages."""

import json
from pathlib import Path

import pytest

from tests.cli.console import fine, fine_json, gateway


def test_render_prints_every_channel_in_its_parts() -> None:
    """Without options: the first message of a critical incident, on all channels."""
    text = fine("render")
    for heading in ("email: subject", "email: html", "slack: title", "pagerduty: summary"):
        assert f"── {heading} ─" in text
    assert "DoubleChargeDetected" in text


def test_files_are_written_for_a_browser(tmp_path: Path) -> None:
    """With --out the HTML is a file, and the structures for the vendors' own previews too."""
    out = tmp_path / "preview" / "new"
    written = fine("render", "--kind", "resolved", "--out", str(out)).splitlines()
    assert str(out / "email-html.html") in written
    assert "<html" in (out / "email-html.html").read_text()
    assert json.loads((out / "slack.json").read_text())["blocks"]
    assert json.loads((out / "pagerduty.json").read_text())["payload"]["summary"]


def test_hostile_samples_print_anywhere() -> None:
    """E17: lone surrogates, escape sequences and direction marks do not reach the terminal."""
    for name in fine_json("render", "--samples"):
        if name.startswith("hostile"):
            text = fine("render", "--sample", name)
            assert "\x1b" not in text
            assert "\u202e" not in text


def test_failure_of_an_own_template_prints_the_plain_message(tmp_path: Path) -> None:
    """Promise 7: the message that would be sent instead is printed, and the exit status is 1."""
    (tmp_path / "slack").mkdir()
    template = tmp_path / "slack" / "title.j2"
    template.write_text("Mine: {{ name }}")
    arguments = ("render", "--channel", "slack", "--templates", str(tmp_path))
    assert "Mine: DoubleChargeDetected" in fine(*arguments)
    template.write_text("{{ nothing.at.all }}")
    result = gateway(*arguments)
    assert result.exit_code == 1
    assert "slack/title.j2 failed" in result.stderr
    assert "DoubleChargeDetected" in result.stdout


def test_receiver_adds_its_copies_and_headers(tmp_path: Path) -> None:
    """With --receiver: who gets the message, and its headers with the labels of the sample."""
    file = tmp_path / "routes.yaml"
    file.write_text(
        "channels: {email: {provider: console, from: alerts@example.com}}\n"
        "receivers:\n"
        "  - name: billing\n"
        '    email: [{to: a@example.com, cc: b@example.com, headers: {X-T: "{{ labels.team }}"}}]\n'
        "route: {receiver: billing}\n"
    )
    arguments = ("render", "--receiver", "billing", "--config", str(file))
    text = fine(*arguments)
    assert "to e-mail a@example.com, cc b@example.com\nX-T: billing\n" in text
    assert "slack" not in text, "only the channels of the receiver"
    target = {"name": "e-mail a@example.com, cc b@example.com", "cc": ["b@example.com"]}
    expected = target | {"headers": {"X-T": "billing"}}
    assert fine_json(*arguments)["channels"]["email"]["targets"] == [expected]
    result = gateway("render", "--receiver", "biling", "--config", str(file))
    assert result.exit_code == 2
    assert "did you mean 'billing'?" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--sample", "nothing like it"), "there is no sample"),
        (("--sample", "mixed", "--kind", "firing"), "has its own kind"),
        (("--channel", "fax"), "'fax' is not one of"),
        (("--zone", "Mars/Olympus"), "unknown time zone"),
    ],
)
def test_wrong_usage_of_render_is_refused(arguments: tuple[str, ...], text: str) -> None:
    """Exit status 2, with what exists."""
    result = gateway("render", *arguments)
    assert result.exit_code == 2
    assert text in result.stderr
