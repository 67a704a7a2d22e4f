"""Sources of changes: GitHub's deployment events, plain objects, hostile bodies."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.incidents.system_change import SystemChange
from gateway.core.plan.accounts import Secret, SourceSettings
from gateway.web.ingest.sources.parsed import BodyError, Parsed
from tests.examples import examples
from tests.flow.world import MINUTE, ROUTES, alert
from tests.web.ingest.test_fuzz import CHANGE, DEPLOYMENT, VALUES, as_json
from tests.web.parsing import parse_post
from tests.web.real import served
from tests.web.world import NOW

BODIES = Path(__file__).parents[2] / "fixtures" / "ingest" / "change"
SOURCE = SourceSettings(
    "deployments", "change", hmac=(Secret("test-secret"),), labels={"team": "billing"}
)
HEADERS = {"Content-Type": "application/json", "X-GitHub-Event": "deployment_status"}
SOURCES = """
sources:
  alertmanager: {type: alertmanager, bearer: test-alertmanager-token}
  deployments: {type: change, hmac: test-github-secret, labels: {team: billing}}
"""


def body(name: str) -> Any:
    return json.loads((BODIES / f"{name}.json").read_bytes())


def parse(content: Any, event: str = "") -> Parsed:
    return parse_post(SOURCE, content, headers={"X-GitHub-Event": event} if event else {})


def only(content: Any, event: str = "") -> SystemChange:
    parsed = parse(content, event)
    assert parsed.alerts == []
    (change,) = parsed.changes
    return change


def test_deployment_is_a_change_from_its_creation_on() -> None:
    """Alerts may fire before it ends."""
    change = only(body("github_deployment"), "deployment")
    assert change.title == "example/billing-api v1.42 to production"
    assert change.labels == {
        "team": "billing",
        "repository": "example/billing-api",
        "environment": "production",
    }
    assert (change.status, change.key) == ("created", "deployments:github:145988746")
    assert change.link == "https://github.com/example/billing-api"
    assert (change.actor.id, change.actor.via, change.actor.verified) == (
        "ben-example", "deployments", True,
    )  # fmt: skip


def test_end_of_a_deployment_replaces_its_beginning() -> None:
    """The same key, a later time, and the link to the log."""
    begin, end = (
        only(body("github_deployment"), "deployment"),
        only(body("github_success"), "deployment_status"),
    )
    assert (end.key, end.status) == (begin.key, "success")
    assert end.at - begin.at == 6 * MINUTE
    assert end.link == "https://ci.example.com/runs/1042/log"
    assert only(body("github_in_progress"), "deployment_status").at == begin.at


@pytest.mark.parametrize(
    ("name", "event"),
    [("github_inactive", "deployment_status"), ("github_ping", "ping"), ("github_ping", "push")],
)
def test_other_events_are_no_change_and_no_error(name: str, event: str) -> None:
    """GitHub must see 200, or it marks the delivery as failed."""
    parsed = parse(body(name), event)
    assert parsed.changes == []
    assert parsed.note


def test_plain_objects_are_changes() -> None:
    """One, or a list."""
    one = {"title": "billing-api 1.42", "labels": {"service": "billing-api"}, "by": "ci"}
    assert only(one).labels == {"team": "billing", "service": "billing-api"}
    parsed = parse({"changes": [one, {**one, "at": "2026-11-21T00:59:00Z", "key": "7"}]})
    assert [change.key for change in parsed.changes] == ["", "deployments:7"]


@pytest.mark.parametrize(
    ("content", "event", "field"),
    [
        ({}, "", "title"),
        ({"title": "x", "at": "yesterday"}, "", "at"),
        ({"title": "x", "at": "2027-11-21T00:59:00Z"}, "", "at"),
        ({"title": "x", "link": "javascript:alert(1)"}, "", "link"),
        ({"title": "x", "labels": [1]}, "", "labels"),
        ({"changes": "all"}, "", "changes"),
        ({"changes": [{"title": "x"}] * 101}, "", "changes"),
        ({"deployment": {}, "repository": {}}, "deployment", "deployment.id"),
        ({"deployment": []}, "deployment", "deployment"),
    ],
)
def test_hostile_body_is_refused_by_its_field(content: Any, event: str, field: str) -> None:
    """422 with the field, never an internal error."""
    with pytest.raises(BodyError) as caught:
        parse(content, event)
    assert caught.value.status == 422
    assert [one.field for one in caught.value.faults] == [field]


@settings(max_examples=examples(300), deadline=None)
@given(
    content=DEPLOYMENT | CHANGE | VALUES,
    event=st.sampled_from(["", "deployment", "deployment_status", "push"]),
)
def test_any_event_is_parsed_or_refused_and_can_be_stored(content: Any, event: str) -> None:
    """E34: a body with GitHub's fields, of any type, makes only changes that databases take."""
    try:
        changes = parse(as_json(content), event).changes
    except BodyError:
        return
    for change in changes:
        texts = [change.title, change.link, change.status, change.key, change.actor.id]
        stored = json.dumps([*texts, *change.labels.items()], ensure_ascii=False)
        assert b"\\u0000" not in stored.encode()
        assert len(change.title) <= 200
        assert change.at <= NOW


async def test_signed_event_is_shown_on_the_incident_and_a_forged_one_is_not(
    tmp_path: Path,
) -> None:
    """End to end: the signature over the raw bytes, the delivery once, the incident after it."""
    async with served(tmp_path, SOURCES + ROUTES) as (world, client):
        content = body("github_success")
        stamp = "2026-11-18T11:05:40Z"
        content["deployment_status"]["created_at"] = stamp
        raw = json.dumps(content, indent=2).encode()
        digest = hmac.new(b"test-github-secret", raw, hashlib.sha256).hexdigest()
        signed = HEADERS | {"X-Hub-Signature-256": f"sha256={digest}", "X-GitHub-Delivery": "d-1"}
        for headers, sent in (
            (HEADERS, raw),
            (signed, raw + b" "),
            (signed | {"X-Hub-Signature-256": "sha256=" + "0" * 64}, raw),
        ):
            answer = await client.post("/webhook/deployments", data=sent, headers=headers)
            assert answer.status == 401
        assert await world.engine.system_changes.list(0, world.now) == []
        for note in ("", "this post was accepted before"):
            answer = await client.post("/webhook/deployments", data=raw, headers=signed)
            assert (answer.status, (await answer.json()).get("note", "")) == (200, note)
        world.now += 3 * MINUTE
        await world.post(alert())
        incident = await world.incident()
        assert [one.title for one in incident.changes] == [
            "example/billing-api v1.42 to production"
        ]


async def test_event_that_arrives_late_does_not_undo_a_newer_one(tmp_path: Path) -> None:
    """GitHub promises no order."""
    async with served(tmp_path) as (world, _):
        changes = world.engine.system_changes
        for name in ("github_success", "github_in_progress"):
            await changes.store(parse(body(name), "deployment_status").changes)
        (stored,) = await changes.list(0, world.now + 1e9)
        assert stored.status == "success"
