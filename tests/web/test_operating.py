"""Health, readiness, metrics and reload over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.incidents.hold import Hold
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.matching.matcher import Matcher
from gateway.flow.engine import Health
from gateway.flow.silences.silences import SilenceRequest
from gateway.store import StoreUnavailableError
from gateway.store.outbox import holds
from tests.flow.world import HOUR, MINUTE, ROUTES, START, World, alert
from tests.web.conftest import Client
from tests.web.real import served
from tests.web.world import FakeEngine

Gateway = tuple[World, Client]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with served(tmp_path) as (world, client):
        yield world, client


async def samples(client: Client) -> dict[str, float]:
    """Return the value of each sample of /metrics, by its name and labels."""
    answer = await client.get("/metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    values = {}
    for family in text_string_to_metric_families(await answer.text()):
        for sample in family.samples:
            labels = ",".join(f'{k}="{v}"' for k, v in sorted(sample.labels.items()))
            values[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return values


@pytest.mark.parametrize("path", ["/healthz", "/-/healthy", "/readyz", "/-/ready"])
async def test_working_gateway_is_healthy_and_ready(client: Client, path: str) -> None:
    """Health and readiness answer 200 without problems, to GET and HEAD."""
    answer = await client.get(path)
    assert answer.status == 200
    body = await answer.json()
    assert body["status"] == "ok"
    assert body["problems"] == []
    assert (await client.head(path)).status == 200


@pytest.mark.parametrize("component", ["store", "intake", "dispatch", "housekeeping"])
async def test_failed_essential_component_makes_it_unready(
    client: Client, engine: FakeEngine, component: str
) -> None:
    """A failed database or loop answers 503 with its cause on /readyz, and 200 on /healthz."""
    engine.health = [Health("other", ok=True), Health(component, "the disk is full", ok=False)]
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert (await answer.json())["problems"] == [f"{component}: the disk is full"]
    assert (await client.get("/healthz")).status == 200


@pytest.mark.parametrize("component", ["channel slack", "routes.yaml", "deliver email"])
async def test_failed_vendor_keeps_it_ready(
    client: Client, engine: FakeEngine, component: str
) -> None:
    """Promise 13, E40: a failed vendor is named in the body, and alerts are still accepted."""
    engine.health = [
        Health("store", ok=True),
        Health(component, "nothing delivered for 200 s", ok=False),
    ]
    answer = await client.get("/readyz")
    assert answer.status == 200
    body = await answer.json()
    assert body["status"] == "degraded"
    assert body["problems"] == [f"{component}: nothing delivered for 200 s"]


async def test_alert_and_its_messages_are_counted(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E41: requests, decisions, notices, attempts, outbox and acknowledgements are counted."""
    world, client = gateway
    body = {"alerts": [{"labels": {"alertname": "A", "severity": "critical", "team": "billing"}}]}
    submit = world.engine.intake.submit

    async def submit_and_commit(source: str, alerts: Sequence[ReportedAlert], *rest: Any) -> None:
        # The engine's loops do not run in this world, so the waiting caller commits.
        async with asyncio.TaskGroup() as group:
            group.create_task(submit(source, alerts, *rest))
            await asyncio.sleep(0)
            await world.engine.intake.commit_waiting()

    monkeypatch.setattr(world.engine.intake, "submit", submit_and_commit)
    assert (await client.post("/webhook/alertmanager", json=body)).status == 200
    await world.advance(15 * MINUTE)
    await world.ack(1001)
    values = await samples(client)
    assert values['gateway_ingest_requests_total{source="alertmanager",status="200"}'] == 1
    assert values['gateway_ingest_alerts_total{source="alertmanager"}'] == 1
    assert values['gateway_decisions_total{reason="first"}'] == 1
    assert (
        values['gateway_notices_total{account="pagerduty",channel="pagerduty",kind="firing"}'] == 1
    )
    assert (
        values['gateway_notices_total{account="pagerduty",channel="pagerduty",kind="missed"}'] == 1
    )
    assert values['gateway_missed_responses_total{severity="critical",team=""}'] == 1
    assert (
        values['gateway_attempts_total{account="pagerduty",channel="pagerduty",result="accepted"}']
        == 2
    )
    assert values['gateway_outbox_notices{account="email",channel="email",state="pending"}'] == 2
    assert values['gateway_outbox_oldest_seconds{account="email",channel="email"}'] == 0
    assert values['gateway_acknowledgement_seconds_sum{severity="critical",team=""}'] == 15 * MINUTE
    assert values["gateway_config_last_reload_successful"] == 1
    assert values["gateway_store_up"] == 1
    assert any(name.startswith("gateway_build_info") for name in values)
    assert values['alertmanager_build_info{version="0.33.1"}'] == 1


async def test_silences_are_counted_by_state(gateway: Gateway) -> None:
    """Active and pending silences are counted, and ended ones are not."""
    world, client = gateway
    silences, later = world.engine.silences, world.now + HOUR
    by_name = (Matcher("alertname", "=", "A"),)
    await silences.put(SilenceRequest(by_name, world.now, later, "ana", "why"))
    await silences.put(SilenceRequest(by_name, later, later + HOUR, "ana", "why"))
    ended = await silences.put(SilenceRequest(by_name, world.now, later, "ana", "why"))
    await silences.expire(ended.id)
    values = await samples(client)
    assert values['gateway_silences{state="active"}'] == 1
    assert values['gateway_silences{state="pending"}'] == 1


async def test_holds_are_counted_by_channel(gateway: Gateway) -> None:
    """Promise 13: targets held by a rate limit are counted, and expired holds are not."""
    world, client = gateway
    now = world.now
    active = [Hold("slack:#billing-alerts", now + 60, now), Hold("slack:#platform", now + 60, now)]
    expired = Hold("slack:#over", now - 1, now - 60)
    await world.engine.store.write(lambda tx: holds.save(tx, "slack", [*active, expired]))
    values = await samples(client)
    assert values['gateway_holds{account="slack",channel="slack"}'] == 2
    assert values['gateway_holds{account="email",channel="email"}'] == 0


async def test_component_with_a_problem_is_in_the_metrics(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A problem that /healthz names is a metric too, so that an alert can fire on it."""
    world, client = gateway
    sound = await samples(client)
    assert sound['gateway_component_ok{component="channel email"}'] == 1
    lost = Health("channel email", "8 name lookup calls have not come back", ok=False)
    monkeypatch.setattr(type(world.engine), "problems", lambda _: [Health("store", ok=True), lost])
    values = await samples(client)
    assert values['gateway_component_ok{component="channel email"}'] == 0
    assert values['gateway_component_ok{component="store"}'] == 1


async def test_unknown_severity_and_source_create_no_label(gateway: Gateway) -> None:
    """A severity not in routes.yaml counts as "other", and an unknown source adds no label."""
    world, client = gateway
    await world.post(alert("Odd", "x" * 200))
    await world.advance(10 * MINUTE)
    await world.ack(1001)
    await client.post("/webhook/invented", json={})
    values = await samples(client)
    assert values['gateway_acknowledgement_seconds_count{severity="other",team=""}'] == 1
    assert not any("xxx" in name or "invented" in name for name in values)


async def test_unavailable_database_is_in_the_metrics(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its database the gateway still serves metrics and reports the failure."""
    world, client = gateway

    async def lost(*_: object) -> None:
        raise StoreUnavailableError("gone")

    monkeypatch.setattr(world.engine.store, "read", lost)
    assert (await samples(client))["gateway_store_up"] == 0


async def test_reload_applies_a_valid_file(gateway: Gateway) -> None:
    """Promise 6, E8: POST /-/reload applies a valid file and returns its digest."""
    world, client = gateway
    world.routes = ROUTES.replace("Ana", "Anna")
    answer = await client.post("/-/reload")
    assert answer.status == 200
    assert (await answer.json())["digest"] == world.engine.plan.digest
    assert world.engine.plan.people["ana"].name == "Anna"


async def test_reload_refuses_an_invalid_file(gateway: Gateway) -> None:
    """Promise 6, E8: an invalid file changes nothing, and its error has position and suggestion."""
    world, client = gateway
    before = world.engine.plan
    world.routes = ROUTES.replace("fallback: everyone", "fallback: evryone")
    answer = await client.post("/-/reload")
    assert answer.status == 422
    (fault,) = (await answer.json())["detail"]
    assert fault["line"] > 1
    assert fault["column"] > 1
    assert fault["suggestion"] == "everyone"
    assert world.engine.plan is before
    values = await samples(client)
    assert values["gateway_config_last_reload_successful"] == 0
    ready = await (await client.get("/readyz")).json()
    assert ready["status"] == "degraded"


async def test_time_to_resolve_is_observed_once_for_each_incident(gateway: Gateway) -> None:
    """From the first alert's start to the last one's end; a later comment adds nothing."""
    world, client = gateway
    await world.post(alert(starts_at=world.now))
    await world.advance(20 * MINUTE)
    await world.post(alert(starts_at=START, ends_at=world.now))
    await world.advance(20 * MINUTE)
    await world.engine.act(1001, ActionName.USEFUL, verified_person("ana", "link"))
    values = await samples(client)
    labels = '{severity="critical",team=""}'
    assert values[f"gateway_resolution_seconds_count{labels}"] == 1
    assert values[f"gateway_resolution_seconds_sum{labels}"] == 20 * MINUTE


async def test_first_acknowledgement_is_observed_from_the_first_accepted_message(
    gateway: Gateway,
) -> None:
    """What no vendor accepted is nobody's delay, and a second acknowledgement adds nothing."""
    world, client = gateway
    await world.post(alert())
    await world.advance(5 * MINUTE)
    await world.ack(1001)
    await world.engine.act(1001, ActionName.UNACK, verified_person("ana", "link"))
    await world.advance(5 * MINUTE)
    await world.ack(1001, "ben")
    world.failing = lambda *_: SendError(Failure.BAD_RECIPIENT, "no such address")
    await world.post(alert("InvariantViolated"))
    await world.advance(MINUTE)
    await world.ack(1002)
    values = await samples(client)
    labels = '{severity="critical",team=""}'
    assert values[f"gateway_acknowledgement_seconds_count{labels}"] == 1
    assert values[f"gateway_acknowledgement_seconds_sum{labels}"] == 5 * MINUTE
