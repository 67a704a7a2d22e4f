"""Answers to "why was I (not) paged?" for incidents, alerts and people (promise 2)."""

from pathlib import Path
from typing import Any

import pytest

from gateway.core.incidents.retry import Failure, SendError
from gateway.core.matching.matcher import Matcher
from gateway.flow.silences.silences import SilenceRequest
from tests.flow.world import HOUR, MINUTE, ROUTES, START, alert
from tests.web.pages.test_ack_pages import text_of
from tests.web.real import Client, served

EXPLAIN = "/api/v1/explain"
MUTED = ROUTES.replace(
    "receiver: billing}",
    "receiver: billing, mute_time_intervals: [mornings]}",
).replace(
    "inhibit_rules:",
    "time_intervals: [{name: mornings, time_intervals: [{times: [{start_time: '00:00', "
    "end_time: '12:00'}]}]}]\ninhibit_rules:",
)


async def explanation_of(client: Client, **query: str) -> Any:
    """Return the explanation, and fail with the error's body if there is none."""
    answer = await client.get(EXPLAIN, params=query)
    body = await answer.json()
    assert answer.status == 200, body
    return body


async def test_incident_names_its_messages_and_the_next_step(tmp_path: Path) -> None:
    """An incident names its messages, the next step by name and time, and the next repeat."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        answer = await explanation_of(client, incident="1001", zone="Europe/Berlin")
        [incident] = answer["incidents"]
        assert incident["told"]
        assert (
            incident["why"]
            == answer["answer"]
            == [
                "Messages delivered: 4, to 4 targets, the first at 12:06 CET.",
                "Step 2 of escalation billing notifies Ben at 12:21 CET, unless somebody "
                "acknowledges before.",
                "The last messages to receiver billing were queued at 12:06 CET. If nothing "
                "changes, they repeat at 14:06 CET (repeat_interval 2h).",
            ]
        )
        assert [event["kind"] for event in incident["timeline"]] == ["spoke", "escalated"]
        assert {notice["state"] for notice in incident["notices"]} == {"sent"}


async def test_silenced_incident_announces_no_step(tmp_path: Path) -> None:
    """An incident notified and then silenced names the silence and announces no further step."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        matchers = (Matcher("alertname", "=", "DoubleChargeDetected"),)
        until = world.now + HOUR
        await world.engine.silences.put(
            SilenceRequest(matchers, world.now, until, "ana", "known problem")
        )
        await world.advance(MINUTE)
        [incident] = (await explanation_of(client, incident="1001"))["incidents"]
        text = " ".join(incident["why"])
        assert "Silenced by Ana until 12:07 UTC (known problem); to end it:" in text
        assert "no escalation step is taken and nothing repeats" in text
        assert "Step 2" not in text


async def test_repeat_on_the_group_interval_is_announced_for_its_tick(tmp_path: Path) -> None:
    """E6: a repeat due at 14:06 with ticks of 7 min is announced and sent at 14:12."""
    routes = ROUTES.replace("group_by: [alertname]", "group_by: [alertname]\n  group_interval: 7m")
    async with served(tmp_path, f"repeats: on the group interval\n{routes}") as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        answer = await explanation_of(client, incident="1001", zone="Europe/Berlin")
        assert answer["answer"][-1] == (
            "The last messages to receiver billing were queued at 12:06 CET. If nothing changes, "
            "they repeat at 14:12 CET (repeat_interval 2h, on the group interval)."
        )
        await world.advance(3 * HOUR)
        repeats = [one.at for one in world.delivered if one.reason == "repeat"]
        assert repeats[0] == pytest.approx(126 * MINUTE, abs=0.01)


async def test_acknowledged_incident_names_person_and_end(tmp_path: Path) -> None:
    """An acknowledged incident names the person and the time until which nothing is sent."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        await world.ack(1001, "ana")
        await world.advance(HOUR)
        answer = await explanation_of(client, incident="1001", zone="UTC")
        assert answer["answer"][1:] == [
            "Acknowledged by Ana since 11:07 UTC (link): no reminders and no further steps until "
            "Thu 19 Nov, 11:07 UTC, unless it gets worse."
        ]


async def test_muted_route_names_interval_and_end(tmp_path: Path) -> None:
    """A muted route names its interval and its end: 11:06 is within the mute until noon."""
    async with served(tmp_path, MUTED) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        answer = await explanation_of(client, incident="1001", zone="UTC")
        assert not answer["incidents"][0]["told"]
        assert answer["answer"] == [
            "Nobody was notified.",
            "Its route is muted by mornings until 12:00 UTC: no notification before.",
            "Not notifying: muted by time interval mornings.",
        ]


async def test_inhibited_alert_names_the_inhibiting_alert(tmp_path: Path) -> None:
    """An alert asked for by its labels names its incident and the alert that inhibits it."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("BillingDatabaseDown"), alert("SlowInvoices", "warning"))
        await world.advance(MINUTE)
        answer = await explanation_of(client, labels='{alertname="SlowInvoices"}')
        [explained_alert] = answer["alerts"]
        assert explained_alert["receivers"] == ["billing"]
        [incident] = answer["incidents"]
        assert incident["number"] == explained_alert["incidents"][0]
        assert incident["why"][0] == "Nobody was notified."
        assert any("inhibited by" in sentence for sentence in incident["why"])
        down = 'inhibited by {alertname="BillingDatabaseDown", severity="critical", team="billing"}'
        assert f"Its alert is {down} (incident #1001)." in incident["why"]
        page = await text_of(client, "GET", f"/incidents/{incident['number']}")
        assert "BillingDatabaseDown" in page
        assert "(incident #1001)." in page
        assert answer["answer"][-1].endswith("firing: nobody was notified.")


async def test_partly_inhibited_incident_counts_its_inhibited_alerts(tmp_path: Path) -> None:
    """One inhibited alert of two is counted, until the inhibiting alert is resolved."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("BillingDatabaseDown"))
        await world.post(alert("SlowInvoices"), alert("SlowInvoices", "warning"))
        await world.advance(MINUTE)
        [incident] = (await explanation_of(client, incident="1002"))["incidents"]
        text = " ".join(incident["why"])
        assert "1 of its 2 firing alerts: inhibited by" in text
        await world.post(alert("BillingDatabaseDown", starts_at=START, ends_at=world.now))
        await world.advance(MINUTE)
        [incident] = (await explanation_of(client, incident="1002"))["incidents"]
        assert "inhibited by" not in " ".join(incident["why"])


async def test_group_in_group_wait_names_its_end(tmp_path: Path) -> None:
    """Within group_wait the answer names the time until which the group waits."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("SlowInvoices", "warning"))
        answer = await explanation_of(client, incident="1001", zone="UTC")
        assert answer["answer"] == [
            "Not notified yet: the group waits until 11:07 UTC for more alerts (group_wait)."
        ]


async def test_silence_is_named_once(tmp_path: Path) -> None:
    """A silence that matches at arrival and at evaluation is named once, in the reader's zone."""
    async with served(tmp_path) as (world, client):
        matchers = (Matcher("alertname", "=", "SlowInvoices"),)
        until = world.now + 2 * HOUR
        silence = await world.engine.silences.put(
            SilenceRequest(matchers, world.now, until, "ana", "release")
        )
        await world.post(alert("SlowInvoices", "warning"))
        await world.advance(MINUTE)
        answer = await explanation_of(client, incident="1001", zone="Europe/Berlin")
        assert answer["answer"] == [
            "Nobody was notified.",
            "Silenced by Ana until 14:06 CET (release); to end it: gateway silence expire "
            f"{silence.id[:8]}.",
            "While it is suppressed, no escalation step is taken and nothing repeats.",
        ]


async def test_receiver_without_targets_announces_no_repeat(tmp_path: Path) -> None:
    """A receiver without targets is never notified, so no repeat is announced."""
    routes = ROUTES.replace(
        '- name: quiet\n    slack: [{channel: "#billing-alerts"}]', "- name: 'null'"
    )
    routes = routes.replace("receiver: quiet", "receiver: 'null'")
    async with served(tmp_path, routes) as (world, client):
        await world.post(alert("NightlyReport", "info"))
        await world.advance(MINUTE)
        answer = await explanation_of(client, incident="1001", zone="UTC")
        assert answer["answer"] == [
            "Nobody was notified.",
            'Not notifying: receiver "null" has no targets.',
        ]


async def test_unknown_alert_names_the_source_of_refused_requests(tmp_path: Path) -> None:
    """E42: an unknown alert may have been in a refused request, whose source is named."""
    async with served(tmp_path) as (_, client):
        answer = await explanation_of(client, labels='{alertname="NeverSeen"}')
        assert answer["answer"][0].startswith("No alert with these labels is known")
        refused = await client.post("/webhook/alertmanager", data=b"{", headers=JSON)
        assert refused.status == 400
        answer = await explanation_of(client, labels='{alertname="NeverSeen"}')
        assert "source alertmanager" in answer["answer"][1]


async def test_notified_person_sees_channel_and_time(tmp_path: Path) -> None:
    """A person notified by the first step sees the channel and the time."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        answer = await explanation_of(client, person="ana", zone="UTC")
        assert answer["person"] == {"id": "ana", "name": "Ana"}
        assert answer["answer"][0].startswith("Ana was on call in rota billing between")
        assert answer["incidents"][0]["why"] == ["Notified by e-mail at 11:06 UTC (first)."]
        assert [notice["person"] for notice in answer["incidents"][0]["notices"]] == ["ana"]


async def test_person_of_a_later_step_sees_its_time(tmp_path: Path) -> None:
    """A person of step 2 sees that it is not reached yet, and its time."""
    async with served(tmp_path) as (world, client):
        await world.post(alert(), alert("Unrelated", "info", team="web"))
        await world.advance(MINUTE)
        answer = await explanation_of(client, person="ben", zone="UTC")
        assert [one["why"] for one in answer["incidents"]] == [
            ["Not notified yet: step 2 notifies Ben at 11:21 UTC."]
        ]
        assert "Ben was on call in no rota in that time." in answer["answer"]
        assert "Other incidents in that time, which do not notify Ben: 1." in answer["answer"]


async def test_person_is_not_notified_after_an_earlier_acknowledgement(tmp_path: Path) -> None:
    """A person whose step was prevented by an acknowledgement sees who acknowledged and when."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(5 * MINUTE)
        await world.ack(1001, "ana")
        await world.advance(HOUR)
        answer = await explanation_of(client, person="ben", zone="UTC")
        assert answer["incidents"][0]["why"] == [
            "Not notified: acknowledged by Ana at 11:11 UTC, before step 2 notified Ben."
        ]
        assert not answer["incidents"][0]["told"]


async def test_person_is_not_notified_after_an_earlier_end(tmp_path: Path) -> None:
    """A person whose step was prevented by the end of the incident sees when it was resolved."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        await world.post(alert(ends_at=world.now))
        await world.advance(HOUR)
        answer = await explanation_of(client, person="ben", zone="UTC")
        assert "resolved at 11:11 UTC, before step 2" in answer["incidents"][0]["why"][0]


async def test_notice_given_up_shows_the_text_of_the_vendor(tmp_path: Path) -> None:
    """A message that was given up is shown with the vendor's reason."""
    async with served(tmp_path) as (world, client):
        refused = SendError(Failure.BAD_RECIPIENT, "inactive recipient")
        world.break_channel("email", lambda: refused)
        await world.post(alert())
        await world.advance(MINUTE)
        answer = await explanation_of(client, person="ana", zone="UTC")
        assert answer["incidents"][0]["why"] == [
            "Not notified by e-mail (first): given up: inactive recipient."
        ]
        assert "Messages to Ana: 0 delivered, 1 given up." in answer["answer"]
        notified = await explanation_of(client, incident="1001")
        assert any(one.startswith("Given up: e-mail ana@example.com") for one in notified["answer"])


async def test_since_bounds_the_incidents_explained(tmp_path: Path) -> None:
    """An incident resolved before `since` is omitted, and an open one is included."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        await world.post(alert(ends_at=world.now))
        await world.advance(3 * HOUR)
        await world.post(alert("Other"))
        await world.advance(MINUTE)
        both = await explanation_of(client, person="ana")
        assert [one["number"] for one in both["incidents"]] == [1002, 1001]
        recent = await explanation_of(client, person="ana", since="2026-11-18T13:30:00Z")
        assert [one["number"] for one in recent["incidents"]] == [1002]


@pytest.mark.parametrize(
    ("query", "status", "expected"),
    [
        ({}, 422, "give one of"),
        ({"incident": "1001", "person": "ana"}, 422, "give one of"),
        ({"incident": "1001", "since": "2026-11-18T13:30:00Z"}, 422, "since goes with person"),
        ({"incident": "1001"}, 404, "there is no incident #1001"),
        ({"person": "anna"}, 404, "did you mean ana?"),
        ({"person": "ana", "since": "2030-01-01T00:00:00Z"}, 422, "must lie in the past"),
        ({"labels": '{a=~"b"}'}, 422, "each with ="),
        ({"labels": "{a"}, 422, ""),
        ({"labels": "{}"}, 422, "each with ="),
        ({"incident": "1001", "zone": "Mars/Olympus"}, 422, "unknown time zone"),
    ],
)
async def test_invalid_query_names_the_correction(
    tmp_path: Path, query: dict[str, str], status: int, expected: str
) -> None:
    """An invalid query answers its status and says what to ask instead."""
    async with served(tmp_path) as (_, client):
        answer = await client.get(EXPLAIN, params=query)
        assert answer.status == status
        assert expected in await answer.text()


JSON = {"Content-Type": "application/json"}


async def test_acknowledged_incident_outside_own_routes_is_in_the_answer(tmp_path: Path) -> None:
    """Promise 2: an answer about a person includes incidents that the person acknowledged."""
    async with served(tmp_path) as (world, client):
        await world.post(alert("NightlyReport", "info", team="web"))
        await world.advance(2 * MINUTE)
        await world.ack(1001, "ben")
        await world.advance(MINUTE)
        answer = await explanation_of(client, person="ben", zone="UTC")
        [incident] = answer["incidents"]
        assert incident["number"] == 1001
        assert not incident["told"]
        assert incident["why"] == [
            "Nothing in routes.yaml notifies Ben of it.",
            "Acknowledged by Ben at 11:08 UTC (link).",
        ]
        recent = await explanation_of(client, person="ben", since="2026-11-18T11:09:00Z")
        assert [one["number"] for one in recent["incidents"]] == []


async def test_page_shows_the_reasons_that_the_api_gives(tmp_path: Path) -> None:
    """The page of an incident shows the reasons of `gateway explain` in the same words."""
    async with served(tmp_path) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        reasons = (await explanation_of(client, incident="1001", zone="UTC"))["answer"]
        page = await text_of(client, "GET", "/incidents/1001")
        assert reasons
        assert [reason for reason in reasons if reason not in page] == []


async def test_step_that_will_be_skipped_is_named_with_the_one_that_follows(tmp_path: Path) -> None:
    """A step whose `when` will not hold is announced as skipped, and the next one with people."""
    routes = ROUTES.replace(
        '    - {notify: ["person:ben"]}',
        '    - {notify: ["receiver:everyone"], when: {severities: [info]}}\n'
        '    - {notify: ["person:ben"]}',
    )
    async with served(tmp_path, routes) as (world, client):
        await world.post(alert())
        await world.advance(MINUTE)
        [incident] = (await explanation_of(client, incident="1001"))["incidents"]
        text = " ".join(incident["why"])
        assert "Step 2 of escalation billing is skipped then: it is only for severity info." in text
        assert "Step 3 of escalation billing notifies Ben at 11:21" in text
        await world.advance(15 * MINUTE)
        [incident] = (await explanation_of(client, incident="1001"))["incidents"]
        skipped = [event["text"] for event in incident["timeline"] if event["kind"] == "skipped"]
        assert skipped == ["step 2: it is only for severity info"]
