"""`gateway explain --if`: what would follow from an alert, by the file or the running gateway."""

import json
from pathlib import Path

from gateway.core.actor import verified_person
from gateway.core.matching.parse import parse_matchers
from gateway.core.oncall.add_changes import ChangeRequest
from gateway.flow.silences.silences import SilenceRequest
from tests.cli.console import fine, fine_json, gateway
from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.world import DAY, HOUR, START, alert
from tests.web.real import served

BILLING = Path(__file__).parents[2] / "docs" / "examples" / "billing" / "routes.yaml"
LABELS = ("alertname=DoubleChargeDetected", "severity=critical", "team=billing")


def test_file_answers_with_route_people_steps_repeats_and_end() -> None:
    """The whole future of an alert on Saturday night, from the file alone."""
    text = fine("explain", "--if", *LABELS, "--at", "Sat 03:00", "--config", str(BILLING))
    assert "receiver billing-critical" in text
    assert f"({BILLING}:" in text
    assert "It fires on Sat 21 Nov, 03:00 CET, for 1 day." in text
    assert "acknowledge by 03:15 CET" in text
    assert "03:00 CET  +0s" in text
    assert "escalated: step 1: Ben" in text
    assert "03:15 CET  +15m" in text
    assert "missed: nobody acknowledged in time" in text
    assert "the same again every 2h, 10 more times" in text
    assert "the alert is resolved" in text
    assert "resolved → " in text


def test_muted_alert_waits_for_the_end_of_the_interval() -> None:
    """A mute interval is named, and when the first message is sent after it."""
    text = fine(
        "explain", "--if", "alertname=RenewalCronSlow", "severity=warning", "team=billing",
        "--at", "2026-12-01 03:00", "--lasts", "8h", "--config", str(BILLING),
    )  # fmt: skip
    assert "muted by time interval monthly-renewals" in text
    assert "First notified, after 3 h" in text


def test_json_has_moments_with_recipients_and_repetitions() -> None:
    """Programs read each moment: events, messages, and how often it happens again."""
    answer = fine_json(
        "explain", "--if", *LABELS, "--at", "2026-11-21 03:00", "--config", str(BILLING)
    )
    moments = answer["incidents"][0]["moments"]
    assert moments[0]["at"] == "2026-11-21T02:00:00Z"
    assert {one["person"] for one in moments[0]["notices"]} == {None, "ben"}
    assert [one["again"]["times"] for one in moments if one["again"]] == [10]
    assert answer["route"]["receivers"] == ["billing-critical"]


def test_wrong_use_says_what_to_write() -> None:
    """Options that belong together, and invalid values."""
    for arguments, expected in (
        (("--if",), "--if needs labels"),
        (("--if", "a=b", "--person", "ana"), "--if needs labels, and neither"),
        (("a=b", "--at", "now"), "need --if"),
        (("--if", "a=b", "--lasts", "2y"), "--lasts"),
        (("--if", "a=b", "--lasts", "60d"), "up to 31d"),
        (("--if", "a=b", "--at", "Foo 03:00", "--file"), "foo is no day of the week"),
    ):
        result = gateway("explain", *arguments)
        assert result.exit_code == 2, arguments
        assert expected in result.output


async def test_running_gateway_knows_overrides_silences_and_open_incidents(tmp_path: Path) -> None:
    """The gateway that runs answers with what is stored there, and the file does not know."""
    async with served(tmp_path) as (world, client):
        request = ChangeRequest(
            rota="billing", person="ben", start=START + DAY, end=START + 2 * DAY
        )
        await world.engine.changes.add([request], verified_person("ana", "cli"), "ill")
        text = await fine_at(
            world, client, "explain", "--if", *LABELS, "--at", "2026-11-20 03:00", "--lasts", "1h"
        )
        assert "escalated: step 1: Ben" in text
        await world.engine.silences.put(
            SilenceRequest(parse_matchers("team=billing"), world.now, world.now + HOUR, "ana", "x")
        )
        silenced = await fine_at(world, client, "explain", "--if", *LABELS, "--lasts", "30m")
        assert "nobody is notified: silenced" in silenced
        await world.post(alert("DoubleChargeDetected"))
        joined = await fine_at(world, client, "explain", "--if", *LABELS, "--lasts", "30m")
        assert "Incident #1001 of its group is firing: the alert would join it." in joined


async def test_alert_that_fires_now_inhibits_only_an_alert_of_now(tmp_path: Path) -> None:
    """Nobody knows whether what fires now still fires next week."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("BillingDatabaseDown", severity="critical"))
        labels = ("alertname=BillingHighLatency", "severity=warning", "team=billing")
        now = await fine_at(world, client, "explain", "--if", *labels, "--lasts", "30m")
        assert "It is inhibited by" in now
        later = await fine_at(
            world, client, "explain", "--if", *labels, "--at", "+7d", "--lasts", "30m"
        )
        assert "It is inhibited by" not in later


async def test_question_stores_and_sends_nothing(tmp_path: Path) -> None:
    """Neither the database nor a channel sees the alert."""
    async with served(tmp_path) as (world, client):
        await fine_at(world, client, "explain", "--if", *LABELS, "--json")
        await world.advance(HOUR)
        assert world.delivered == []
        listed = await (await client.get("/api/v1/incidents")).json()
        assert listed["incidents"] == []


async def test_json_of_the_gateway_equals_that_of_the_file(tmp_path: Path) -> None:
    """Programs read one form, whichever answers."""
    async with served(tmp_path) as (world, client):
        arguments = ("explain", "--if", *LABELS, "--json", "--lasts", "2h")
        answer = json.loads(await fine_at(world, client, *arguments))
        file = tmp_path / "routes.yaml"
        file.write_text(world.routes)
        read = await at(world, client, *arguments, "--config", str(file), **world.env)
        assert answer == json.loads(read.stdout)
