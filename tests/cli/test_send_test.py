"""`gateway send-test`: a real message, the printed result, and nothing stored."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.console import gateway
from tests.cli.process import run
from tests.fakes.pagerduty import FakePagerDuty
from tests.fakes.postmark import FakePostmark
from tests.fakes.server import Behaviour
from tests.fakes.slack import FakeSlack
from tests.fakes.smtp import FakeSmtp, Reply
from tests.fakes.tls import authority_pem, server_context

pytestmark = pytest.mark.process

ROUTES = """\
channels:
  email: {{token: "${{POSTMARK_TOKEN}}", from: alerts@example.com, api_url: "{postmark}"}}
  slack: {{token: "${{SLACK_TOKEN}}", signing_secret: "${{SLACK_SECRET}}", api_url: "{slack}"}}
  pagerduty: {{api_url: "{pagerduty}"}}
receivers:
  - name: billing
    email: [{{to: billing-oncall@example.com}}]
    slack: [{{channel: "#billing-alerts"}}]
    pagerduty: [{{routing_key: "${{PAGERDUTY_KEY}}"}}]
  - name: empty
route: {{receiver: billing}}
"""
ENV = {
    "POSTMARK_TOKEN": "test-postmark-token",
    "SLACK_TOKEN": "test-slack-token",
    "SLACK_SECRET": "test-slack-signing-secret",
    "PAGERDUTY_KEY": "test0pagerduty0key0with032chars0",
}


async def test_each_target_of_a_receiver_gets_one_test_message(tmp_path: Path) -> None:
    """Real channels and settings, one attempt each, the result of each in words; no database."""
    async with FakePostmark() as postmark, FakeSlack() as slack, FakePagerDuty() as pagerduty:
        write_routes(tmp_path, postmark, slack, pagerduty)
        ended = await run("send-test", "billing", folder=tmp_path, **ENV)
        assert ended.status == 0, ended.err
        assert "email billing-oncall@example.com  sent in" in ended.out
        [mail] = postmark.mails
        assert mail["Subject"].startswith("[TEST")
        assert "TEST" in slack.posted("#billing-alerts")[0]["text"]
        assert len(pagerduty.accepted) == 1
        assert pagerduty.accepted[0].json["payload"]["severity"] == "info"
        assert [*postmark.problems, *slack.problems, *pagerduty.problems] == []
        assert os.listdir(tmp_path) == ["routes.yaml"]
        for secret in ENV.values():
            assert secret not in ended.out + ended.err


async def test_failure_is_printed_with_its_reason_and_not_retried(tmp_path: Path) -> None:
    """One attempt; exit status 1; the vendor's error, without the token."""
    async with FakePostmark(token="test-another") as postmark, FakeSlack() as slack:
        slack.script(Behaviour(status=500))
        async with FakePagerDuty() as pagerduty:
            write_routes(tmp_path, postmark, slack, pagerduty)
            ended = await run("send-test", "billing", "--json", folder=tmp_path, **ENV)
        assert ended.status == 1
        answers = {answer["channel"]: answer for answer in json.loads(ended.out)}
        assert not answers["email"]["sent"]
        assert answers["email"]["detail"].startswith("misconfigured")
        assert answers["slack"]["detail"].startswith("server error")
        assert answers["pagerduty"]["sent"]
        assert (len(postmark.received), len(slack.received)) == (1, 1)
        assert "test-postmark-token" not in ended.out + ended.err


async def test_refused_content_is_sent_again_in_its_simplest_form(tmp_path: Path) -> None:
    """A test message is retried once like a page whose content the vendor refuses."""
    async with FakePostmark() as postmark, FakeSlack() as slack, FakePagerDuty() as pagerduty:
        write_routes(tmp_path, postmark, slack, pagerduty)
        slack.script(Behaviour(json={"ok": False, "error": "invalid_blocks"}, accept=False))
        postmark.script(*[Behaviour(status=422, json={"ErrorCode": 402, "Message": "no"})] * 2)
        ended = await run("send-test", "billing", "--json", folder=tmp_path, **ENV)
        assert ended.status == 1
        answers = {answer["channel"]: answer for answer in json.loads(ended.out)}
        assert answers["slack"]["sent"]
        assert answers["slack"]["detail"] == (
            "sent without blocks, because the full message was refused: "
            "bad content: Slack says invalid_blocks"
        )
        assert slack.accepted[0].json["blocks"] == []
        assert not answers["email"]["sent"]
        assert answers["email"]["detail"].startswith("bad content")
        assert (len(postmark.received), len(slack.received)) == (2, 2)


async def test_one_channel_sends_to_one_address(tmp_path: Path) -> None:
    """--channel with --to notifies nobody else."""
    async with FakePostmark() as postmark, FakeSlack() as slack, FakePagerDuty() as pagerduty:
        write_routes(tmp_path, postmark, slack, pagerduty)
        arguments = ("send-test", "--channel", "email", "--to", "ana@example.com")
        ended = await run(*arguments, folder=tmp_path, **ENV)
        assert ended.status == 0, ended.err
        assert [mail["To"] for mail in postmark.mails] == ["ana@example.com"]
        assert (slack.received, pagerduty.received) == ([], [])


def test_message_printed_on_the_console_counts_as_not_sent() -> None:
    """Without a token the message is on the console, and the exit status is 1."""
    result = gateway("send-test", "billing-warning")
    assert result.exit_code == 1
    assert "printed on the console, not sent" in result.stdout
    answers = json.loads(gateway("send-test", "billing-warning", "--json").stdout)
    assert not any(answer["sent"] for answer in answers)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((), "give a RECEIVER"),
        (("billing-critcal",), "did you mean billing-critical?"),
        (("nobody",), "has no targets"),
        (("everyone", "--to", "ana@example.com"), "--to goes with --channel"),
        (("--channel", "slack"), "needs --to"),
        (("--channel", "pagerduty", "--to", "abc"), "never the secret"),
    ],
)
def test_wrong_usage_of_send_test_is_refused(arguments: tuple[str, ...], text: str) -> None:
    """Exit status 2, and nothing is sent."""
    result = gateway("send-test", *arguments)
    assert result.exit_code == 2
    assert text in result.stderr


def write_routes(
    folder: Path, postmark: FakePostmark, slack: FakeSlack, pagerduty: FakePagerDuty
) -> None:
    """A routes.yaml whose vendors are the fakes."""
    text = ROUTES.format(postmark=postmark.url, slack=slack.api_url, pagerduty=pagerduty.url)
    (folder / "routes.yaml").write_text(text)


async def test_copy_that_an_smtp_server_refuses_is_named(tmp_path: Path) -> None:
    """The mail is sent, and the line says who does not get it."""
    async with FakeSmtp(starttls=server_context(), login=("alerts", "test-password")) as smtp:
        smtp.replies.append(Reply("RCPT", "550 5.1.1 unknown", only="cho@example.com"))
        (tmp_path / "ca.pem").write_text(authority_pem())
        (tmp_path / "routes.yaml").write_text(
            f"channels: {{email: {{provider: smtp, host: 127.0.0.1, port: {smtp.port},"
            ' ca_file: ca.pem, username: alerts, password: "${SMTP_PASSWORD}",'
            " from: alerts@example.com}}\n"
            "receivers: [{name: a, email: [{to: ana@example.com, cc: [cho@example.com]}]}]\n"
            "route: {receiver: a}\n"
        )
        ended = await run("send-test", "a", folder=tmp_path, SMTP_PASSWORD="test-password")
        assert ended.status == 0, ended.err
        assert ": sent, but not to the copies cho@example.com (" in ended.out
        assert smtp.accepted[0].recipients == ["ana@example.com"]
