"""Pending personal notifications: in explanations, in the API and on the incident's page."""

from pathlib import Path

from tests.flow.dispatch.test_personal_rules import PERSONAL_RULES
from tests.flow.world import MINUTE, alert
from tests.web.explain.test_explain import explanation_of
from tests.web.real import served

RULES = PERSONAL_RULES.replace("${PAGERDUTY_ANA_KEY}", "${PAGERDUTY_BILLING_KEY}").replace(
    '    pagerduty: [{routing_key: "${PAGERDUTY_BILLING_KEY}"}]\n', ""
)


async def test_pending_contact_is_shown_with_its_time(tmp_path: Path) -> None:
    """Explanation, API and page name the person, the contact and the time."""
    async with served(tmp_path, RULES) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        answer = await explanation_of(client, incident="1001", zone="Europe/Berlin")
        assert (
            "Ana is notified by pager at 12:11 CET, unless somebody acknowledges before."
            in answer["answer"]
        )
        detail = await (await client.get("/api/v1/incidents/1001")).json()
        assert detail["pending"] == [
            {
                "person": {"id": "ana", "name": "Ana"},
                "contact": "pager",
                "channel": "pagerduty",
                "at": "2026-11-18T11:11:40Z",
                "quiet_hours": False,
            }
        ]
        assert detail["escalation"]["by"] == ["pager"]
        page = await (await client.get("/incidents/1001")).text()
        assert "Ana is notified by pager at" in page
        assert "Ana is paged by pager at" in page


async def test_contact_that_waits_for_quiet_hours_is_shown_so(tmp_path: Path) -> None:
    """The explanation of a quiet incident says when Ana's quiet hours end."""
    async with served(tmp_path, RULES) as (world, client):
        await world.post(alert(severity="warning"))
        await world.advance(MINUTE)
        answer = await explanation_of(client, incident="1001", zone="Europe/Berlin")
        assert (
            "Ana is notified by email at 15:00 CET, when their quiet hours end, unless somebody "
            "acknowledges before." in answer["answer"]
        )


async def test_acknowledged_incident_has_nothing_pending(tmp_path: Path) -> None:
    """An acknowledgement ends the rules, so nothing is announced any more (E22)."""
    async with served(tmp_path, RULES) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        await world.ack(1001)
        detail = await (await client.get("/api/v1/incidents/1001")).json()
        assert detail["pending"] == []


async def test_people_are_listed_without_secrets(tmp_path: Path) -> None:
    """Promise 10: contacts, rules and quiet hours are shown, and no key or reference to one."""
    async with served(tmp_path, PERSONAL_RULES.replace("_ANA_KEY", "_BILLING_KEY")) as (_, client):
        answer = await client.get("/api/v1/people")
        text = await answer.text()
        ana, ben = (await answer.json())["people"]
    assert "PAGERDUTY_BILLING_KEY" not in text
    assert "test-pagerduty-key" not in text
    assert [(one["name"], one["display"], one["unusable"]) for one in ana["contacts"]] == [
        ("slack", "Slack (ana)", None),
        ("email", "e-mail ana@example.com", None),
        ("pager", "PagerDuty (ana)", None),
    ]
    assert ana["urgent"][2] == {"by": "pager", "after": 300.0}
    assert ana["quiet_hours"] == {"from": "11:00", "to": "15:00"}
    assert (ben["urgent"], ben["quiet_hours"]) == (None, None)
