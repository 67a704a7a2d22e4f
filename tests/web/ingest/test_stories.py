"""Each source from end to end: over HTTP, authenticated, stored, firing and then resolved."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.flow.world import ROUTES
from tests.web.ingest.signing import KEY, hex_hmac
from tests.web.real import Client, served

BODIES = Path(__file__).parents[2] / "fixtures" / "ingest"
BEARER = {"Authorization": "Bearer test-token"}


@dataclass(frozen=True)
class Story:
    """A source as routes.yaml declares it, and two posts: firing, then resolved."""

    name: str
    source: str
    firing: str
    resolved: str
    signature: str = ""  # the header of it; empty: a bearer token is sent

    def headers(self, body: bytes) -> dict[str, str]:
        """Return what authenticates the body."""
        return {self.signature: hex_hmac(body)} if self.signature else BEARER


BACKUPS = (
    "{labels: {alertname: BackupFailed, host: \"{{ job['host name'] }}\"}, "
    'status: {value: "{{ state }}", resolved: ok}, starts_at: "{{ started }}"}'
)
IDENTIFIED_BACKUPS = (
    '{labels: {alertname: BackupFailed, priority: "{{ priority }}"}, '
    'status: {value: "{{ state }}", resolved: ok}, identity: "{{ job.id }}"}'
)
STORIES = [
    Story(
        "grafana",
        "{type: grafana, bearer: test-token}",
        "grafana/unified_firing",
        "grafana/unified_resolved",
    ),
    Story(
        "grafana-legacy",
        "{type: grafana, bearer: test-token}",
        "grafana/legacy_firing",
        "grafana/legacy_resolved",
    ),
    Story(
        "posthog-logs",
        "{type: posthog, bearer: test-token}",
        "posthog/logs_firing",
        "posthog/logs_default_resolved",
    ),
    Story(
        "json",
        f"{{type: json, bearer: test-token, mapping: {BACKUPS}}}",
        "json/backup_failed",
        "json/backup_ok",
    ),
    Story(
        "json-identity",
        f"{{type: json, bearer: test-token, mapping: {IDENTIFIED_BACKUPS}}}",
        "json/backup_failed",
        "json/backup_ok",
    ),
    Story(
        "sentry-issue",
        f"{{type: sentry, hmac: {KEY}}}",
        "sentry/event_alert_firing",
        "sentry/issue_resolved",
        "Sentry-Hook-Signature",
    ),
    Story(
        "sentry-metric-alert",
        f"{{type: sentry, hmac: {KEY}}}",
        "sentry/metric_alert_critical",
        "sentry/metric_alert_resolved",
        "Sentry-Hook-Signature",
    ),
    Story(
        "sentry-legacy",
        "{type: sentry, bearer: test-token}",
        "sentry/legacy_firing",
        "sentry/issue_resolved",
    ),
    *(
        Story(
            name,
            f"{{type: {name}, bearer: test-token}}",
            f"presets/{name}_firing",
            f"presets/{name}_resolved",
        )
        for name in ("uptimerobot", "uptimekuma", "pingdom", "gcp", "newrelic", "stripe")
    ),
]


def routes_for(type_: str) -> str:
    """Return a file with one source of a type."""
    return f"sources: {{sender: {{type: {type_}, bearer: test-token}}}}\n{ROUTES}"


async def post(client: Client, path: str, story: Story | None) -> int:
    """Post a body, authenticated as in the story; return the status of the answer."""
    body = (BODIES / f"{path}.json").read_bytes()
    headers = {"Content-Type": "application/json", **(story.headers(body) if story else {})}
    return (await client.post("/webhook/sender", data=body, headers=headers)).status


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
async def test_resolved_post_ends_the_incident_that_the_firing_one_opened(
    tmp_path: Path, story: Story
) -> None:
    """Firing and resolved keep one identity: one incident opens, notifies, and is resolved."""
    routes = f"sources: {{sender: {story.source}}}\n{ROUTES}"
    async with served(tmp_path, routes) as (world, client):
        intake = asyncio.create_task(world.engine.intake.run())
        assert await post(client, story.firing, None) == 401
        assert await post(client, story.firing, story) == 200
        assert await post(client, story.firing, story) == 200
        fired = await world.advance(60.0)
        assert {one.incident for one in fired} == {1001}
        assert await post(client, story.resolved, story) == 200
        await world.advance(600.0)
        incident = await world.incident()
        assert incident.state.value == "resolved"
        intake.cancel()


async def test_event_that_stripe_repeats_later_opens_nothing_again(tmp_path: Path) -> None:
    """Stripe repeats events for days: the dispute that was closed meanwhile pages nobody."""
    async with served(tmp_path, routes_for("stripe")) as (world, client):
        intake = asyncio.create_task(world.engine.intake.run())
        story = Story("stripe", "", "presets/stripe_firing", "presets/stripe_resolved")
        for path in (story.firing, story.resolved, story.firing):
            assert await post(client, path, story) == 200
            delivered = await world.advance(600.0)
        assert delivered == []
        intake.cancel()


async def test_run_of_a_fork_touches_no_alert_of_the_repository(tmp_path: Path) -> None:
    """Anyone can open a pull request from a branch that is called main, too."""
    async with served(tmp_path, routes_for("github")) as (world, client):
        intake = asyncio.create_task(world.engine.intake.run())

        async def run(conclusion: str, owner: str, number: int) -> None:
            body = json.loads((BODIES / "presets/github_firing.json").read_bytes())
            run = body["workflow_run"]
            run |= {"conclusion": conclusion, "id": number}
            run["head_repository"] = {"full_name": f"{owner}/billing"}
            headers = {**BEARER, "X-GitHub-Event": "workflow_run"}
            headers["X-GitHub-Delivery"] = f"delivery-{number}"
            answer = await client.post("/webhook/sender", json=body, headers=headers)
            assert answer.status == 200
            await world.advance(600.0)

        await run("failure", "example", 1)
        await run("success", "stranger", 2)
        assert (await world.incident()).state.value == "firing"
        await run("success", "example", 3)
        assert (await world.incident()).state.value == "resolved"
        intake.cancel()
