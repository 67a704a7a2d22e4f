"""What a channel could not be built with is refused when the file is read (promise 6)."""

import pytest

from gateway.config.load import ConfigError, load

TEXT = """\
channels:
  email: {{token: "${{POSTMARK_TOKEN}}", from: alerts@example.com, api_url: "{url}"}}
receivers: [{{name: admins, email: [{{to: admin@example.com}}]}}]
route: {{receiver: admins}}
"""
ENV = {"POSTMARK_TOKEN": "test-postmark-token"}


def test_an_api_url_of_postmark_takes_no_path() -> None:
    """The SDK adds its own path: an error with its position is better than a failed start."""
    with pytest.raises(ConfigError) as caught:
        load(TEXT.format(url="https://proxy.example.com/postmark"), env=ENV)
    [problem] = caught.value.problems
    assert (problem.line, problem.path) == (2, "channels.email.api_url")
    assert "without a path" in problem.message


@pytest.mark.parametrize("url", ["https://proxy.example.com", "http://127.0.0.1:9001/"])
def test_host_and_port_are_taken(url: str) -> None:
    """With or without a slash at the end."""
    config = load(TEXT.format(url=url), env=ENV)
    assert config.channels["email"].options["api_url"] == url.rstrip("/")
