"""The billing example, whole: its rules and bodies reach the people that its page names."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp.test_utils import TestClient

from gateway.config.load import load
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.oncall.rota import on_call
from gateway.web.app import build_app
from tests.config.texts import CHECKOUT
from tests.flow.world import HOUR, MINUTE, START, Delivered, World
from tests.web.ingest.signing import hex_hmac
from tests.web.served import GuardedTestServer
from tests.web.world import settings

FOLDER = CHECKOUT / "docs" / "examples" / "billing"
ROUTES = (FOLDER / "routes.yaml").read_text(encoding="utf-8")
HERE = ROUTES.replace("runbooks: runbooks", f"runbooks: {FOLDER / 'runbooks'}")
ENV = {
    **{
        f"{name}_TOKEN": f"test-{name.lower()}-token" for name in ("DRILL", "PROMETHEUS", "GRAFANA")
    },
    **{f"{name}_TOKEN": f"test-{name.lower()}-token" for name in ("POSTHOG", "POSTMARK", "SLACK")},
    "STRIPE_WEBHOOK_SECRET": "test-stripe-webhook-secret",
    "SENTRY_CLIENT_SECRET": "test-sentry-secret",
    "GITHUB_WEBHOOK_SECRET": "test-github-secret",
    "SLACK_SIGNING_SECRET": "test-slack-signing-secret",
    "TWILIO_AUTH_TOKEN": "test-twilio-auth-token",
    "PAGERDUTY_BILLING_KEY": "test-pagerduty-billing-key",
    "PAGERDUTY_PLATFORM_KEY": "test-pagerduty-platform-key",
}
PLAN = load(HERE, env=ENV, now=START).plan
RULES: list[dict[str, Any]] = [
    rule
    for name in ("billing", "stripe", "platform")
    for group in yaml.safe_load((FOLDER / "rules" / f"{name}.rules.yml").read_text())["groups"]
    for rule in group["rules"]
    if rule["alert"] != "Watchdog"
]

CHANNEL, ADMIN, ALERTS = (
    "slack:#billing-alerts",
    "email:admin@example.com",
    "email:alerts@example.com",
)
PLATFORM = ["slack:#platform-alerts", "email:platform-oncall@example.com"]
BILLING_PAGE = [
    "pagerduty:${PAGERDUTY_BILLING_KEY}",
    CHANNEL,
    ADMIN,
    "email:billing-oncall@example.com",
]
RECEIVED = {
    ("critical", "billing"): ("🚨 CRITICAL BILLING ALERT", BILLING_PAGE),
    ("warning", "billing"): ("⚠️ BILLING WARNING", [CHANNEL, ADMIN, ALERTS]),
    ("info", "billing"): ("ℹ️ Billing Info", [ALERTS]),
    ("critical", "platform"): (
        "🚨 CRITICAL PLATFORM ALERT",
        ["pagerduty:${PAGERDUTY_PLATFORM_KEY}", ADMIN, *PLATFORM],
    ),
    ("warning", "platform"): ("⚠️ PLATFORM WARNING", PLATFORM),
}
"""By severity and team: how the subject begins, and the targets of the receiver."""

Gateway = tuple[World, TestClient[Any, Any]]


@pytest.fixture
async def gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateway]:
    """A gateway with the example, in virtual time, and a client of its web."""
    world = World(f"sqlite:///{tmp_path}/gateway.db", HERE, ENV)
    await world.start()
    submit = world.engine.intake.submit

    async def submit_and_commit(source: str, alerts: Sequence[ReportedAlert], *rest: Any) -> None:
        # The engine's loops do not run in this world, so the waiting caller commits.
        async with asyncio.TaskGroup() as group:
            group.create_task(submit(source, alerts, *rest))
            await asyncio.sleep(0)
            await world.engine.intake.commit_waiting()

    monkeypatch.setattr(world.engine.intake, "submit", submit_and_commit)
    server = GuardedTestServer(build_app(world.engine, settings()))
    await server.start_server()
    try:
        async with TestClient(server) as client:
            yield world, client
    finally:
        await world.close()


def people_of(rota: str) -> set[str]:
    """The targets by which the person on call in a rota is paged at the start."""
    (person,) = on_call(PLAN.rotas[rota], START)
    return contacts_of(person)


def contacts_of(person: str) -> set[str]:
    """The targets of a person."""
    contacts = PLAN.people[person].contacts.values()
    return {f"{one.channel}:{one.address}" for one in contacts}


def parted(messages: list[Delivered]) -> tuple[set[str], set[str]]:
    """The targets of receivers, and those of people."""
    people = {key for person in PLAN.people for key in contacts_of(person)}
    targets = {one.to for one in messages}
    return targets - people, targets & people


def test_file_loads_without_a_warning_once_it_has_its_tokens() -> None:
    """An example is copied: nothing of it may be a mistake."""
    config = load(FOLDER / "routes.yaml", env=ENV, now=START)
    assert [str(one) for one in config.warnings] == []


def test_every_rule_has_a_runbook_with_an_immediate_section() -> None:
    """A message at night says what to do first."""
    pages = load(FOLDER / "routes.yaml", env=ENV, now=START).plan.runbooks.pages
    assert len(RULES) >= 37
    for rule in RULES:
        assert pages[rule["annotations"]["runbook"]].immediate, rule["alert"]


@pytest.mark.peer
def test_prometheus_accepts_the_rules_and_each_fires_when_it_should() -> None:
    """Syntax, and a test of each rule in the folder itself."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("needs promtool: apt-get install prometheus")
    for command in (["check", "rules", *sorted(map(str, (FOLDER / "rules").glob("*.rules.yml")))],
                    ["test", "rules", "rules.test.yml"]):  # fmt: skip
        result = subprocess.run(
            [promtool, *command], cwd=FOLDER / "rules", capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
async def test_each_rule_reaches_the_right_people_with_subject_and_runbook(
    gateway: Gateway, rule: dict[str, Any]
) -> None:
    """From an alert with the labels of its rule to the messages that vendors accept."""
    world, _ = gateway
    labels = {"alertname": rule["alert"], **rule["labels"]}
    await world.post(ReportedAlert(labels, rule["annotations"], world.now, None, ""))
    messages = await world.advance(MINUTE)
    subject, targets = RECEIVED[labels["severity"], labels["team"]]
    receivers, people = parted(messages)
    assert receivers == set(targets)
    assert people == (people_of(labels["team"]) if labels["severity"] == "critical" else set())
    url = f"http://gateway.example.com/runbooks/{rule['annotations']['runbook']}"
    for one in messages:
        assert url in [link.url for link in one.message.links if link.role == "runbook"], one.to
    for one in messages:
        if one.to.startswith("email:"):
            assert one.message.parts["subject"] == f"{subject}: {rule['alert']}"
            assert "Immediate:\n1. " in one.message.parts["text"]


async def post(gateway: Gateway, source: str, name: str) -> None:
    """Post a body as its sender does: signed, or with its token."""
    _, client = gateway
    body = (FOLDER / "bodies" / f"{name}.json").read_bytes()
    headers = {"Content-Type": "application/json"}
    if source == "sentry":
        headers["Sentry-Hook-Resource"] = "event_alert"
        headers["Sentry-Hook-Signature"] = hex_hmac(body, ENV["SENTRY_CLIENT_SECRET"])
    elif source == "stripe":
        digits = hex_hmac(body, ENV["STRIPE_WEBHOOK_SECRET"], f"{START:.0f}.")
        headers["Stripe-Signature"] = f"t={START:.0f},v1={digits}"
    else:
        headers["Authorization"] = f"Bearer {ENV[f'{source.upper()}_TOKEN']}"
    answer = await client.post(f"/webhook/{source}", data=body, headers=headers)
    assert answer.status == 200, await answer.text()


async def test_violated_invariant_pages_on_call_and_posts_to_the_channel_within_a_second(
    gateway: Gateway,
) -> None:
    """PagerDuty, the person on call by every contact, and #billing-alerts, at once."""
    world, _ = gateway
    await post(gateway, "sentry", "sentry-invariant-violation")
    messages = await world.advance(1.0)
    assert all(one.at <= 1.0 for one in messages)
    assert parted(messages) == (set(BILLING_PAGE), people_of("billing"))
    mail = next(one.message for one in messages if one.to == ADMIN)
    subject = "🚨 CRITICAL BILLING ALERT: Billing invariant violated"
    assert mail.parts["subject"] == subject
    titles = [(link.text, link.url) for link in mail.links if link.role in ("runbook", "link")]
    assert titles == [
        ("Runbook", "http://gateway.example.com/runbooks/subscription-invariants"),
        ("Sentry", "https://sentry.example.com/issues/4100000002/"),
    ]


@pytest.mark.parametrize(
    ("source", "body", "runbook", "targets"),
    [
        ("sentry", "sentry-new-issue", "new-exception", [CHANNEL]),
        ("sentry", "sentry-payment-provider-errors", "payment-failures", [CHANNEL]),
        ("posthog", "posthog-start-drop", "user-impact", [CHANNEL, ADMIN, ALERTS]),
        ("posthog", "posthog-renewal-failures", "user-impact", [CHANNEL, ADMIN, ALERTS]),
        ("posthog", "posthog-cancellations", "user-impact", [CHANNEL, ADMIN, ALERTS]),
        ("stripe", "stripe-dispute-created", "disputes", [CHANNEL, ADMIN, ALERTS]),
        ("grafana", "grafana-checkout-conversion", "user-impact", [CHANNEL, ADMIN, ALERTS]),
    ],
)
async def test_other_bodies_reach_the_channel_or_the_mailboxes(
    gateway: Gateway, source: str, body: str, runbook: str, targets: list[str]
) -> None:
    """Nobody is paged by them; each has its runbook, and the name of its rule in the subject."""
    world, _ = gateway
    await post(gateway, source, body)
    messages = await world.advance(MINUTE)
    assert {one.to for one in messages} == set(targets)
    content = json.loads((FOLDER / "bodies" / f"{body}.json").read_text())
    for one in messages:
        urls = [link.url for link in one.message.links if link.role == "runbook"]
        assert urls == [f"http://gateway.example.com/runbooks/{runbook}"]
        if one.to.startswith("email:"):
            names = {"grafana": "Checkout conversion low", "stripe": "StripeDispute"}
            name = names.get(source) or content["event"]["properties"]["alert_name"]
            assert one.message.parts["subject"] == f"⚠️ BILLING WARNING: {name}"


async def ping(gateway: Gateway, signal: str, output: bytes = b"") -> None:
    """Let the renewal cron ping by HTTP, as its script does."""
    world, client = gateway
    url = world.engine.heartbeats.url(world.engine.plan.heartbeats["renewal-cron"])
    path = url.removeprefix("http://gateway.example.com")
    answer = await client.post(f"{path}{signal}", data=output)
    assert answer.status == 200, await answer.text()
    await world.engine.heartbeats.check_once()


async def passing(world: World, seconds: float) -> list[Delivered]:
    """Let time pass with a check of heartbeats each minute; return what was delivered.

    Longer without a check would be an outage of the gateway, in which no job is missing.
    """
    delivered: list[Delivered] = []
    for _ in range(round(seconds / MINUTE)):
        delivered += await world.advance(MINUTE)
        await world.engine.heartbeats.check_once()
    return delivered + await world.advance(0)


async def test_renewal_cron_that_fails_pages_with_its_output(gateway: Gateway) -> None:
    """Critical, billing: the same people and subject as by the rule of Prometheus."""
    world, _ = gateway
    await ping(gateway, "/start")
    await ping(gateway, "/1", b"stripe: connection refused")
    messages = await world.advance(MINUTE)
    assert parted(messages) == (set(BILLING_PAGE), people_of("billing"))
    mail = next(one.message.parts for one in messages if one.to == ADMIN)
    assert mail["subject"] == "🚨 CRITICAL BILLING ALERT: RenewalCronFailed"
    assert "stripe: connection refused" in mail["text"]
    assert "/runbooks/renewal-cron" in mail["text"]


async def test_renewal_cron_that_is_slow_or_missing_warns_its_team(gateway: Gateway) -> None:
    """A run over five minutes is billing's, one that did not come within 25 hours platform's."""
    world, _ = gateway
    await ping(gateway, "/start")
    slow = await passing(world, 7 * MINUTE)
    assert {one.to for one in slow} == {CHANNEL, ADMIN, ALERTS}
    assert {one.message.facts["group_labels"]["alertname"] for one in slow} == {"RenewalCronSlow"}
    await ping(gateway, "")
    await passing(world, HOUR)
    # The next run is due at 2 in the morning of Berlin, and missing an hour later.
    quiet = await passing(world, 13.5 * HOUR)
    assert [one for one in quiet if "Missing" in str(one.message.facts["title"])] == []
    missing = await passing(world, HOUR)
    assert {one.to for one in missing} == set(PLATFORM)
    subjects = {one.message.parts["subject"] for one in missing if one.to.startswith("email")}
    assert subjects == {"⚠️ PLATFORM WARNING: RenewalCronMissing"}


def test_page_of_the_example_names_each_body_and_each_runbook() -> None:
    """docs/examples/billing/index.md is the list of what is in the folder."""
    page = (FOLDER / "index.md").read_text(encoding="utf-8")
    for path in [*FOLDER.glob("bodies/*"), *FOLDER.glob("runbooks/*"), *FOLDER.glob("rules/*")]:
        assert f"({path.relative_to(FOLDER)})" in page, path.name
