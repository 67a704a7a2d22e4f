"""`gateway route` asks the running gateway, which knows more than the file."""

import json
from pathlib import Path

from gateway.core.actor import verified_person
from gateway.core.oncall.add_changes import ChangeRequest
from gateway.core.plan.contact_health import ContactEvent, ContactEventKind
from tests.cli.test_commands_of_a_running_gateway import at, fine_at
from tests.flow.world import DAY, START
from tests.web.real import served

LABELS = ("alertname=DoubleChargeDetected", "severity=critical", "team=billing")


async def test_step_reaches_who_takes_over_at_run_time(tmp_path: Path) -> None:
    """An override is in the preview of the time that it covers, and of no other."""
    async with served(tmp_path) as (world, client):
        request = ChangeRequest(
            rota="billing", person="ben", start=START + DAY, end=START + 2 * DAY
        )
        await world.engine.changes.add([request], verified_person("ana", "cli"), "ill")
        now = await fine_at(world, client, "route", *LABELS)
        assert "1. after 0s: Ana by email (ana@example.com)" in now
        later = await fine_at(world, client, "route", *LABELS, "--at", "2026-11-20 03:00")
        assert "firing from 03:00 UTC" in later
        assert "1. after 0s: Ben by email (ben@example.com)" in later


async def test_contact_that_does_not_work_is_shown_as_skipped(tmp_path: Path) -> None:
    """The file does not know what bounced."""
    async with served(tmp_path) as (world, client):
        kind = ContactEventKind.BOUNCED
        event = ContactEvent("Bounce:1", "ana@example.com", kind, "Hard bounce")
        await world.engine.contacts.record("email", event)
        text = await fine_at(world, client, "route", *LABELS)
        assert "email of Ana is not usable: Hard bounce" in text


async def test_json_of_the_gateway_equals_that_of_the_file(tmp_path: Path) -> None:
    """Programs read one form, whichever answers."""
    async with served(tmp_path) as (world, client):
        answer = json.loads(await fine_at(world, client, "route", *LABELS, "--json"))
        file = tmp_path / "routes.yaml"
        file.write_text(world.routes)
        arguments = ("route", *LABELS, "--json", "--config", str(file))
        read = json.loads((await at(world, client, *arguments, **world.env)).stdout)
        assert answer == read


async def test_wrong_labels_and_times_are_answered_422(tmp_path: Path) -> None:
    """The field and what to write."""
    async with served(tmp_path) as (_, client):
        for query, field in (
            ({"labels": "a!=b"}, "labels"),
            ({"labels": "a=b", "at": "tomorrow"}, "at"),
            ({"labels": "team=billing,severity=critical", "at": "9999-12-31T23:59:59Z"}, "at"),
        ):
            answer = await client.get("/api/v1/route", params=query)
            assert answer.status == 422
            assert (await answer.json())["detail"][0]["field"] == field
