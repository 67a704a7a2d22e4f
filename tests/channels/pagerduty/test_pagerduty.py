"""PagerDuty by Events API v2."""

import json

import pytest

from gateway.channels.contract import Channel, accepts_notice
from gateway.channels.pagerduty.channel import PagerDuty, build
from gateway.channels.pagerduty.event import EVENT_BYTES, dedup_key, event
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target
from tests.channels.contract import LONG, SHORT, ChannelContract, all_texts
from tests.channels.messages import PARTS, alert, facts, hostile, message, oversized
from tests.fakes import Behaviour, Fake, FakePagerDuty

REFERENCE = "${PAGERDUTY_BILLING_KEY}"
KEY = "test-routing-key" + 16 * "0"
OTHER = "test-other-rkey-" + 16 * "0"
DEDUP = message().dedup_key


class TestPagerDuty(ChannelContract):
    """The contract, and what is PagerDuty's own."""

    target = Target("pagerduty", REFERENCE)
    secret = KEY

    def vendor(self) -> Fake:
        return FakePagerDuty(routing_keys=(KEY, OTHER))

    def make(self, fake: Fake, *, timeout: float = LONG, proxy: Secret | None = None) -> Channel:
        return PagerDuty(
            {REFERENCE: Secret(KEY), "${OTHER}": Secret(OTHER)},
            api_url=fake.url,
            total_timeout=timeout,
            proxy=proxy,
        )

    def sent_text(self, fake: Fake) -> str:
        return "\n".join(all_texts(fake.received[-1].json))

    async def test_hostile_links_are_omitted(self, channel: Channel, fake: Fake) -> None:
        """E17: only web addresses become links; a summary is one line."""
        await channel.send(hostile(), self.target, None)
        body = fake.accepted[0].json
        assert body["payload"]["summary"].isprintable()
        assert "javascript:" not in json.dumps(body["links"])

    async def test_one_dedup_key_from_trigger_to_resolve(
        self, channel: Channel, fake: FakePagerDuty
    ) -> None:
        """E4, E14: trigger, repeat, acknowledge and resolve meet the same alert."""
        for kind in (
            NoticeKind.FIRING,
            NoticeKind.REPEAT,
            NoticeKind.ACKNOWLEDGED,
            NoticeKind.WORSE,
            NoticeKind.RESOLVED,
        ):
            await channel.send(message(kind=kind), self.target, None)
        (alert,) = fake.alerts.values()
        assert alert.events == ["trigger", "trigger", "acknowledge", "trigger", "resolve"]
        assert (alert.state, alert.opened) == ("resolved", 1)

    async def test_what_came_and_went_is_opened_and_closed(
        self, channel: Channel, fake: FakePagerDuty
    ) -> None:
        """E3: fired and resolved while PagerDuty was down: both events are sent, in order."""
        await channel.send(message(kind=NoticeKind.LATE, status="resolved"), self.target, None)
        assert fake.alert(DEDUP).events == ["trigger", "resolve"]

    async def test_a_failed_second_half_is_harmless_to_repeat(
        self, channel: Channel, fake: FakePagerDuty
    ) -> None:
        """Promise 3: trigger accepted, resolve lost: the next attempt ends with it resolved."""
        late = message(kind=NoticeKind.LATE, status="resolved")
        fake.script(Behaviour(), Behaviour(status=500, body="oh"))
        with pytest.raises(SendError):
            await channel.send(late, self.target, None)
        await channel.send(late, self.target, None)
        assert fake.alert(DEDUP).state == "resolved"
        assert fake.alert(DEDUP).opened == 1

    async def test_each_target_has_its_own_routing_key(
        self, channel: Channel, fake: FakePagerDuty
    ) -> None:
        """Two integrations are two services: none gets the other's events."""
        await channel.send(message(), self.target, None)
        await channel.send(message(), Target("pagerduty", "${OTHER}"), None)
        assert [request.json["routing_key"] for request in fake.accepted] == [KEY, OTHER]

    async def test_a_routing_key_nobody_knows_is_said(self, channel: Channel) -> None:
        """The reference is named, so that an admin can mend it."""
        with pytest.raises(SendError, match=r"no routing key is known as \$\{GONE\}") as caught:
            await channel.send(message(), Target("pagerduty", "${GONE}"), None)
        assert caught.value.failure is Failure.MISCONFIGURED

    async def test_an_invalid_routing_key_is_an_admins_business(
        self, channel: Channel, fake: FakePagerDuty
    ) -> None:
        """PagerDuty says 400 to it; unlike a bad event it will pass once the key is mended."""
        fake.routing_keys = (OTHER,)
        with pytest.raises(SendError) as caught:
            await channel.send(message(), self.target, None)
        assert caught.value.failure is Failure.MISCONFIGURED
        assert KEY not in str(caught.value)

    async def test_a_refused_event_says_what_was_wrong(self, channel: Channel, fake: Fake) -> None:
        """E42: the errors of the answer reach the timeline."""
        how = Behaviour(
            status=400, json={"status": "invalid event", "errors": ["'payload.x' is odd"]}
        )
        error = await self.fails(channel, fake, how)
        assert error.failure is Failure.BAD_CONTENT
        assert "'payload.x' is odd" in error.detail

    async def test_an_event_has_what_a_responder_needs(
        self, channel: Channel, fake: FakePagerDuty
    ) -> None:
        """Summary, severity, since when, links to runbook, incident, dashboard and source."""
        await channel.send(message(), self.target, None)
        body = fake.accepted[0].json
        assert body["payload"] | {"custom_details": None} == {
            "summary": PARTS["summary"],
            "source": "https://gateway.example.com",
            "severity": "critical",
            "timestamp": "2026-11-20T03:02:56.019Z",
            "group": "billing",
            "class": "DoubleChargeDetected",
            "custom_details": None,
        }
        assert [link["text"] for link in body["links"]] == [
            "Runbook",
            "Incident #1042",
            "Dashboard",
            "Source",
        ]
        assert body["client_url"] == "https://gateway.example.com/incidents/1042"
        details = body["payload"]["custom_details"]
        assert details["labels"]["team"] == "billing"
        assert [entry["labels"] for entry in details["each alert"]] == [
            {"instance": "db-1"},
            {"instance": "db-2"},
        ]

    async def test_the_acknowledge_link_is_nobody_elses(
        self, channel: Channel, fake: FakePagerDuty
    ) -> None:
        """A link bound to a person is not shown to a whole PagerDuty account."""
        await channel.send(message(), self.target, None)
        assert b"/ack/" not in fake.accepted[0].raw

    async def test_the_users_proxies_are_not_used(
        self, fake: Fake, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """requests would send through HTTP_PROXY."""
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        channel = self.make(fake)
        await channel.send(message(), self.target, None)
        assert len(fake.accepted) == 1
        await channel.close()

    async def test_the_thread_itself_does_not_wait_for_ever(self, fake: Fake) -> None:
        """pdpyras waits a minute and tries again; ours ends after its own timeout, tried once."""
        keys = {REFERENCE: Secret(KEY)}
        channel = PagerDuty(keys, api_url=fake.url, total_timeout=SHORT)
        error = await self.fails(channel, fake, Behaviour(hang="after"))
        assert (error.failure, error.perhaps) == (Failure.TIMEOUT, True)
        await channel.close()

    def test_it_takes_no_quiet_changes_and_no_digests(self) -> None:
        """A digest of many incidents has no dedup key that could ever be resolved."""
        spec = CHANNELS["pagerduty"]
        assert not accepts_notice(spec, NoticeKind.FIRING, quiet=True)
        assert not accepts_notice(spec, NoticeKind.DIGEST, quiet=False)


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("critical", {}, "critical"),
        ("CRITICAL", {}, "critical"),
        ("page", {}, "error"),
        ("high", {}, "error"),
        ("error", {}, "error"),
        ("warning", {}, "warning"),
        ("info", {}, "info"),
        ("purple", {}, "info"),
        ("info", {"severity": "critical"}, "critical"),
        ("critical", {"severity": "loud"}, "critical"),
    ],
)
def test_severities_are_pagerdutys_own_four(
    name: str, options: dict[str, str], expected: str
) -> None:
    """Ours by name, unless the target chooses; never one that PagerDuty would refuse."""
    target = Target("pagerduty", REFERENCE, options=options)
    assert event(message(severity=name), target)["payload"]["severity"] == expected


def test_a_dedup_key_that_is_too_long_is_hashed_not_cut() -> None:
    """E14: two long keys that begin alike stay two; the same key stays the same."""
    one, two = (dedup_key(message(dedup_key="k" * 300 + end)) for end in "ab")
    assert one != two
    assert len(one) <= 255
    assert one == dedup_key(message(dedup_key="k" * 300 + "a"))


def test_a_flood_of_alerts_keeps_the_important_and_counts_the_rest() -> None:
    """E13: under 512,000 bytes, details not thrown away, the firing first, the rest counted."""
    listed = [
        {**alert(n, big="é" * 3000), "status": "resolved" if n < 100 else "firing"}
        for n in range(400)
    ]
    notified = message(facts=facts(listed, more=5))
    made = event(notified, Target("pagerduty", REFERENCE))
    assert len(json.dumps(made)) < EVENT_BYTES
    details = made["payload"]["custom_details"]
    shown = details["each alert"]
    assert len(shown) > 30
    assert all(entry["status"] == "firing" for entry in shown)
    assert details["not shown"] == f"… {405 - len(shown)} more alerts, see link"
    assert details["labels"]["team"] == "billing"


def test_a_summary_fits() -> None:
    """E13: 1024 characters, the cut is visible."""
    made = event(oversized(), Target("pagerduty", REFERENCE))["payload"]["summary"]
    assert len(made) == 1024
    assert made.endswith("…")


@pytest.mark.parametrize("kind", [NoticeKind.ESCALATION, NoticeKind.UNACKNOWLEDGED])
def test_notices_that_must_notify_again_are_triggers(kind: NoticeKind) -> None:
    """The Events API has nothing else that pages."""
    made = event(message(kind=kind, reason=NotifyReason.ESCALATION), Target("pagerduty", REFERENCE))
    assert made["payload"]["summary"]


async def test_settings_make_a_channel() -> None:
    """`channels: pagerduty: {}` in routes.yaml, or with another host for the EU."""
    await build(ChannelSettings("pagerduty"), {}).close()
    other = {"api_url": "https://events.eu.pagerduty.com"}
    await build(ChannelSettings("pagerduty", other), {}).close()
