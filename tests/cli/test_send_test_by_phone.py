"""`gateway send-test` by text message, by a call, and to another service."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cli.process import run
from tests.fakes import FakeServices, FakeTwilio

pytestmark = pytest.mark.process

ROUTES = """\
channels:
  sms: {{account_sid: {sid}, token: "${{TWILIO}}", from: "+4930123456", api_url: "{twilio}"}}
  voice: {{account_sid: {sid}, token: "${{TWILIO}}", from: "+4930123456", api_url: "{twilio}"}}
  apprise: {{services: {{teams: "${{TEAMS}}"}}}}
receivers:
  - name: night
    sms: [{{number: "+4915112345678"}}]
    voice: [{{number: "+4915112345678"}}]
    apprise: [{{service: teams}}]
route: {{receiver: night}}
"""


async def test_message_call_and_other_service_can_be_tried(tmp_path: Path) -> None:
    """Real channels and settings; the words TEST reach the phone, and no secret the terminal."""
    sid = "AC" + 32 * "0"
    async with FakeTwilio(account_sid=sid) as twilio, FakeServices() as services:
        (tmp_path / "routes.yaml").write_text(ROUTES.format(sid=sid, twilio=twilio.url))
        teams = f"json://{urlsplit(services.url).netloc}/test-service-secret"
        env = {"TWILIO": "test-twilio-token", "TEAMS": teams}
        ended = await run("send-test", "night", folder=tmp_path, **env)
        assert ended.status == 0, ended.err
        assert ended.out.count("sent in") == 3
        assert twilio.messages[0]["Body"].startswith("TEST, ")
        assert "This is a test" in twilio.calls[0]["Twiml"]
        assert "This is a TEST" in services.texts[0]
        ended = await run(
            "send-test", "--channel", "apprise", "--to", "teams", folder=tmp_path, **env
        )
        assert ended.status == 0, ended.err
        assert len(services.texts) == 2
        for secret in ("test-twilio-token", "test-service-secret"):
            assert secret not in ended.out + ended.err
        assert twilio.problems == []
