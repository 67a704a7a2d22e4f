"""Output on a terminal: foreign text cannot control it."""

import pytest

from gateway.cli.support import output


@pytest.mark.parametrize("terminal", [False, True])
def test_hidden_characters_are_printed_as_escapes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], terminal: bool
) -> None:
    """E17: what people copy from a terminal is what they see there."""
    monkeypatch.setattr(output, "coloured", lambda: terminal)
    output.echo(
        output.paint("red", "red", bold=True) + " name\u202egnp.exe\x1b[2J\x1b]0;t\x07\u200b"
    )
    output.echo_error("error: \u202egnp\x1b[31m")
    written = capsys.readouterr()
    assert "name\\u202egnp.exe\\x1b[2J\\x1b]0;t\\x07\\u200b" in written.out
    assert written.err == "error: \\u202egnp\\x1b[31m\n"


def test_own_styles_reach_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Colours of our own are written as they are."""
    monkeypatch.setattr(output, "coloured", lambda: True)
    monkeypatch.setattr(output.click, "echo", lambda text: print(text))
    output.echo(output.paint("critical", "red", bold=True))
    assert capsys.readouterr().out == "\x1b[31m\x1b[1mcritical\x1b[0m\n"
