"""Mails as alerts: rules that open and close, loops, hostile mails, and a whole gateway."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.core.plan.accounts import SourceSettings
from gateway.web.ingest.sources.parsed import BodyError, Parsed
from tests.config.texts import REST, faults, loaded
from tests.flow.world import MINUTE, ROUTES
from tests.shared_data import shared
from tests.web.parsing import parse_post
from tests.web.real import served

BODIES = Path(__file__).parents[2] / "fixtures" / "ingest" / "email"
SOURCES = """
sources:
  mail:
    type: email
    basic: {username: postmark, password: test-mail-password}
    labels: {team: billing}
    rules:
      - {subject: "^Test", status: ignored}
      - to: Backups@alerts.example.com
        from: "@backup.example.com"
        subject: 'Backup of (?P<host>\\S+) FAILED'
        labels: {alertname: BackupFailed, severity: critical}
      - to: backups@alerts.example.com
        subject: 'Backup of (?P<host>\\S+) succeeded'
        status: resolved
        labels: {alertname: BackupFailed, severity: critical}
"""


def body(name: str) -> Any:
    return json.loads((BODIES / f"{name}.json").read_bytes())


def rules() -> SourceSettings:
    return loaded(SOURCES + REST).sources["mail"]


def parse(content: Any, source: SourceSettings | None = None) -> Parsed:
    return parse_post(source or rules(), content)


def test_matching_mail_is_an_alert_with_the_groups_as_labels() -> None:
    """Severity, name and host come from the rule; the text is the description."""
    (alert,) = parse(body("firing")).alerts
    assert alert.labels == {
        "alertname": "BackupFailed",
        "severity": "critical",
        "address": "backups@alerts.example.com",
        "team": "billing",
        "host": "db-1",
    }
    assert alert.annotations["summary"] == "Backup of db-1 FAILED"
    assert alert.annotations["description"] == "no space left on device\nexit status 3"
    assert alert.ends_at is None


def test_mail_of_the_end_has_the_same_identity() -> None:
    """It ends the alert, and its HTML is read where there is no plain text."""
    (begin,), (end,) = parse(body("firing")).alerts, parse(body("resolved")).alerts
    assert end.labels == begin.labels
    assert end.ends_at is not None
    assert end.annotations["description"] == "All fine"


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (body("automatic_reply"), "automatic reply"),
        (body("own_mail"), "own mails"),
        ({"Subject": "Test of mails"}, "a rule of the source ignores it"),
        ({"Subject": "Lunch"}, "no rule"),
        ({"OriginalRecipient": "x@alerts.example.com", "ToFull": []}, "no rule"),
        ({"FromFull": {"Email": "root@other.example.com"}}, "no rule"),
        ({"Headers": [{"Name": "Received-SPF", "Value": "Fail (not allowed)"}]}, "forged"),
        ({"Headers": [{"Name": "Return-Path", "Value": "<>"}]}, "bounce"),
    ],
)
def test_mail_that_is_no_alert_is_accepted_with_a_note(change: Any, note: str) -> None:
    """Postmark would repeat it ten times after any other answer."""
    parsed = parse({**body("firing"), **change})
    assert parsed.alerts == []
    assert note in parsed.note


def test_without_rules_each_mail_is_an_alert_of_its_address() -> None:
    """Enough to begin with; a later mail to the same address is the same alert."""
    source = SourceSettings("mail", "email")
    one, other = (parse(body(name), source).alerts[0] for name in ("firing", "resolved"))
    assert one.labels == other.labels
    assert one.labels["alertname"] == "MailAlert"
    assert one.annotations["summary"] != other.annotations["summary"]


def test_hostile_mail_is_made_safe() -> None:
    """Invisible characters are escapes or blanks; nothing of it is evaluated."""
    (alert,) = parse(body("hostile"), SourceSettings("mail", "email")).alerts
    assert alert.annotations["summary"] == "Backup of <!channel> {{7*7}} FAILED Bcc: x"
    assert alert.annotations["description"].startswith("\\x1b[31m<script>")


def test_recorded_mail_of_postmark_is_read() -> None:
    """The vendor's own example."""
    content = json.loads((shared("fixtures/ingest/postmark") / "inbound.json").read_bytes())
    parsed = parse(content, SourceSettings("mail", "email"))
    assert parsed.alerts or parsed.note


@pytest.mark.parametrize("content", [{}, {"MessageID": 7}, {"MessageID": "x" * 300}, [], "x"])
def test_body_that_is_no_mail_is_refused(content: Any) -> None:
    """422, never an internal error."""
    with pytest.raises(BodyError) as caught:
        parse(content)
    assert caught.value.status == 422


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('{subject: "("}', "is not a pattern of RE2"),
        ("{from: somewhere}", "is neither an address nor a domain"),
        ("{status: over}", "status"),
        ("{matcher: x}", "unknown key"),
    ],
)
def test_wrong_rule_is_an_error_of_the_file(rule: str, message: str) -> None:
    """Loading says what is wrong, and where."""
    text = f"sources:\n  mail: {{type: email, bearer: test-token, rules: [{rule}]}}\n{REST}"
    (fault,) = faults(text)
    assert message in str(fault)


async def test_mail_opens_and_closes_an_incident_once(tmp_path: Path) -> None:
    """End to end, with Postmark's credentials in the URL; a repeated mail changes nothing."""
    proof = base64.b64encode(b"postmark:test-mail-password").decode()
    headers = {"Authorization": f"Basic {proof}", "Content-Type": "application/json"}
    async with served(tmp_path, SOURCES + ROUTES) as (world, client):
        assert (await client.post("/webhook/mail", json=body("firing"))).status == 401
        for name, note in (
            ("firing", ""),
            ("resolved", ""),
            ("firing", "this post was accepted before"),
        ):
            posting = asyncio.ensure_future(
                client.post("/webhook/mail", json=body(name), headers=headers)
            )
            async with asyncio.timeout(5):
                while not posting.done():
                    await world.engine.intake.commit_waiting()
                    await asyncio.sleep(0)
            answer = await posting
            assert answer.status == 200
            assert (await answer.json()).get("note", "") == note
            world.now += MINUTE
            await world.advance(6 * MINUTE)
        assert (await world.incident()).resolved_at is not None
        pages = [d.kind for d in world.delivered if d.channel == "pagerduty"]
        assert pages == ["firing", "resolved"]
