"""The outgoing webhook: Alertmanager's format, and no way into our own network."""

import json
from pathlib import Path

import pytest

from gateway.channels.contract import Channel, accepts_notice
from gateway.channels.webhook.body import body, rfc3339
from gateway.channels.webhook.channel import Webhook, build
from gateway.core.incidents.message import Link
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import ChannelSettings, Secret
from gateway.core.plan.channels import CHANNELS
from gateway.core.plan.plan import Target
from tests.channels.contract import LONG, SHORT, ChannelContract, all_texts
from tests.channels.messages import LINKS, alert, facts, message, oversized
from tests.fakes import Behaviour, Fake, FakeWebhook

REFERENCE = "${HOOK_URL}"


class TestWebhook(ChannelContract):
    """The contract, and what is the webhook's own."""

    target = Target("webhook", REFERENCE)
    secret = "test-hook-path-secret"

    def vendor(self) -> Fake:
        return FakeWebhook()

    def make(self, fake: Fake, *, timeout: float = LONG, proxy: Secret | None = None) -> Channel:
        url = Secret(f"{fake.url}/{self.secret}")
        bearer = Secret("test-bearer")
        return Webhook({REFERENCE: url}, bearer=bearer, total_timeout=timeout, proxy=proxy)

    def sent_text(self, fake: Fake) -> str:
        return "\n".join(all_texts(fake.accepted[-1].json))

    async def test_hostile_labels_come_out_harmless(self, channel: Channel, fake: Fake) -> None:
        """E17: a machine reads it, so labels arrive exactly as they are, as JSON text."""
        odd = "<!channel>\n\u202e{{7*7}}\x00"
        await channel.send(
            message(facts=facts([alert(1, odd=odd, lone="\ud800")])), self.target, None
        )
        assert fake.accepted[0].json["alerts"][0]["labels"]["odd"] == odd

    async def test_too_much_content_is_cut_and_says_so(self, fake: Fake) -> None:
        """max_alerts cuts as Alertmanager does: truncatedAlerts counts what is missing."""
        url = Secret(f"{fake.url}/x")
        channel = Webhook({REFERENCE: url}, max_alerts=10)
        await channel.send(oversized(), self.target, None)
        got = fake.accepted[0].json
        assert (len(got["alerts"]), got["truncatedAlerts"]) == (10, 190 + 12)
        few = Target("webhook", REFERENCE, options={"max_alerts": "3"})
        await channel.send(oversized(), few, None)
        assert len(fake.accepted[1].json["alerts"]) == 3
        await channel.close()

    async def test_garbage_is_no_success(self, channel: Channel, fake: Fake) -> None:
        """As in Alertmanager, any 2xx is a success with any body."""
        fake.script(Behaviour(status=204, body=""), Behaviour(status=202, body="<html>"))
        for _ in range(2):
            await channel.send(message(), self.target, None)

    async def test_a_vendor_that_drips_is_given_up(self, fake: Fake) -> None:
        """The status is enough: the body of a success is not waited for."""
        channel = self.make(fake, timeout=SHORT)
        fake.script(Behaviour(drip=True))
        await channel.send(message(), self.target, None)
        await channel.close()

    async def test_a_huge_answer_is_not_read_whole(self, channel: Channel, fake: Fake) -> None:
        """E49: the status is enough; the next message has a connection of its own."""
        fake.script(Behaviour(status=200, body="x" * 30_000_000))
        await channel.send(message(), self.target, None)
        await channel.send(message(), self.target, None)
        assert len(fake.received) == 2

    async def test_a_password_that_the_answer_repeats_is_masked(self, fake: Fake) -> None:
        """Promise 10: some servers print the headers that they got into their error page."""
        url = Secret(fake.url.replace("//", "//ana:test%20password@"))
        channel = Webhook({REFERENCE: url})
        header_text = "Authorization: Basic YW5hOnRlc3QgcGFzc3dvcmQ=; password test password"
        fake.script(Behaviour(status=400, body=header_text, content_type="text/plain"))
        with pytest.raises(SendError) as caught:
            await channel.send(message(), self.target, None)
        assert "YW5h" not in str(caught.value)
        assert "test password" not in str(caught.value)
        await channel.close()

    async def test_a_target_may_have_less_patience(self, channel: Channel, fake: Fake) -> None:
        """`timeout:` as in Alertmanager: who does not answer in time is tried again."""
        fake.script(Behaviour(hang="after"))
        hasty = Target("webhook", REFERENCE, options={"timeout": str(SHORT)})
        with pytest.raises(SendError) as caught:
            await channel.send(message(), hasty, None)
        assert (caught.value.failure, caught.value.perhaps) == (Failure.TIMEOUT, True)
        await channel.send(message(), hasty, None)
        assert len(fake.accepted) == 2

    async def test_the_url_may_be_written_plainly(self, channel: Channel, fake: Fake) -> None:
        """A URL that is no secret is the address itself."""
        await channel.send(message(), Target("webhook", f"{fake.url}/plain"), None)
        assert fake.accepted[0].path == "/plain"

    async def test_the_bearer_is_sent_and_a_target_may_have_its_own(self, fake: Fake) -> None:
        """The account's bearer, or the one that the target names."""
        secrets = {REFERENCE: Secret(f"{fake.url}/x"), "${OWN}": Secret("test-own")}
        channel = Webhook(secrets, bearer=Secret("test-bearer"))
        await channel.send(message(), self.target, None)
        own = Target("webhook", REFERENCE, options={"bearer": "${OWN}"})
        await channel.send(message(), own, None)
        assert [r.headers["Authorization"] for r in fake.accepted] == [
            "Bearer test-bearer",
            "Bearer test-own",
        ]
        await channel.close()

    @pytest.mark.parametrize(
        ("user", "bearer", "sent"),
        [
            ("ana:p%40ss@", None, "Basic YW5hOnBAc3M="),
            ("ana:p%C3%A4ss@", None, "Basic YW5hOnDDpHNz"),
            ("ana@", None, "Basic YW5hOg=="),
            ("ana:p%40ss@", "${OWN}", "Basic YW5hOnBAc3M="),
            ("", "${OWN}", "Bearer test-own"),
            ("", "", None),
            ("", None, "Bearer test-bearer"),
        ],
    )
    async def test_credentials_of_the_target_win_over_those_of_the_channel(
        self, fake: Fake, user: str, bearer: str | None, sent: str | None
    ) -> None:
        """As a receiver's http_config wins over the global one; an empty bearer sends none."""
        secrets = {
            REFERENCE: Secret(fake.url.replace("http://", f"HTTP://{user}")),
            "${OWN}": Secret("test-own"),
        }
        channel = Webhook(secrets, bearer=Secret("test-bearer"))
        options = {} if bearer is None else {"bearer": bearer}
        await channel.send(message(), Target("webhook", REFERENCE, options=options), None)
        assert fake.accepted[0].headers.get("Authorization") == sent
        await channel.close()

    @pytest.mark.parametrize(
        "address", ["ftp://example.com/", "${UNKNOWN}", "", "http://", "http://[foo"]
    )
    async def test_a_url_that_cannot_be_posted_to_is_said(
        self, channel: Channel, address: str
    ) -> None:
        """It is the target that is wrong: no use in trying again."""
        with pytest.raises(SendError) as caught:
            await channel.send(message(), Target("webhook", address), None)
        assert caught.value.failure is Failure.BAD_RECIPIENT

    async def test_a_404_is_mendable(self, channel: Channel, fake: Fake) -> None:
        """E50: an admin mends the URL at the other end, and the message still arrives."""
        error = await self.fails(channel, fake, Behaviour(status=404, body="gone"))
        assert error.failure is Failure.MISCONFIGURED
        assert "404" in error.detail
        assert "gone" in error.detail

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"])
    async def test_private_addresses_are_refused_where_asked(self, fake: Fake, host: str) -> None:
        """Server-side request forgery: names and literal addresses alike never get a connection."""
        port = fake.url.rpartition(":")[2]
        url = Secret(f"http://{host}:{port}/latest/meta-data")
        channel = Webhook({REFERENCE: url}, private_addresses=False)
        with pytest.raises(SendError) as caught:
            await channel.send(message(), self.target, None)
        assert caught.value.failure is Failure.MISCONFIGURED
        assert "private address" in caught.value.detail
        assert fake.received == []
        await channel.close()

    def test_it_has_no_words_for_acknowledgements_and_digests(self) -> None:
        """Alertmanager's format knows firing and resolved; a digest would merge strangers."""
        for kind in (NoticeKind.ACKNOWLEDGED, NoticeKind.DIGEST):
            assert not accepts_notice(CHANNELS["webhook"], kind, quiet=False)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (1_795_143_776.019, "2026-11-20T03:02:56.019Z"),
        (1_795_143_776.0, "2026-11-20T03:02:56Z"),
        (1_795_143_776.25, "2026-11-20T03:02:56.25Z"),
        (0.0, "1970-01-01T00:00:00Z"),
        (None, "0001-01-01T00:00:00Z"),
        (1e300, "0001-01-01T00:00:00Z"),
    ],
)
def test_times_are_written_as_go_writes_them(at: float | None, text: str) -> None:
    """Consumers parse Alertmanager's times; ours have the same format."""
    assert rfc3339(at) == text


def test_the_body_has_the_fields_of_a_real_one() -> None:
    """Byte for byte the fields that Alertmanager 0.33.1 sent in a recorded delivery."""
    recorded = json.loads((Path(__file__).parent / "alertmanager-0.33.1-webhook.json").read_text())
    at = 1_795_223_376.019
    real = recorded["alerts"][0]
    notified = facts(
        [
            {
                "status": "firing",
                "labels": real["labels"],
                "annotations": real["annotations"],
                "starts_at": at,
                "ends_at": None,
                "generator_url": real["generatorURL"],
                "fingerprint": real["fingerprint"],
            }
        ],
        receiver=recorded["receiver"],
        group_key=recorded["groupKey"],
        group_labels=recorded["groupLabels"],
        common_labels=recorded["commonLabels"],
        common_annotations=recorded["commonAnnotations"],
        external_url=recorded["externalURL"],
    )
    ours = body(message(facts=notified))
    ours["alerts"][0]["startsAt"] = real["startsAt"]
    assert json.dumps(ours) == json.dumps(recorded)


def test_resolved_and_late_say_when_it_ended() -> None:
    """E3: what came and went is one body with both times."""
    ended = {**alert(), "status": "resolved", "ends_at": 1_795_143_800.0}
    late = message(
        kind=NoticeKind.LATE,
        reason=NotifyReason.FIRST,
        status="resolved",
        facts=facts([ended], resolved=1),
    )
    made = body(late)
    assert made["status"] == "resolved"
    assert made["notification_reason"] == "all alerts resolved"
    assert made["alerts"][0]["startsAt"] == "2026-11-20T03:02:56.019Z"
    assert made["alerts"][0]["endsAt"] == "2026-11-20T03:03:20Z"


def test_alerts_resolved_unnotified_are_listed_beside_the_others() -> None:
    """As in Alertmanager; the common labels are those of all that is shown."""
    ended = {**alert(), "status": "resolved", "ends_at": 1_795_143_800.0}
    unheard = {**ended, "labels": {**ended["labels"], "region": "us"}, "fingerprint": "f2"}
    notified = {**ended, "labels": {**ended["labels"], "region": "eu"}}
    made = body(message(status="resolved", facts=facts([notified], unheard=[unheard])))
    assert [one["labels"]["region"] for one in made["alerts"]] == ["eu", "us"]
    assert {one["status"] for one in made["alerts"]} == {"resolved"}
    assert "region" not in made["commonLabels"]
    assert made["commonLabels"]["alertname"] == alert()["labels"]["alertname"]


def test_the_common_labels_are_those_of_the_alerts_that_are_shown() -> None:
    """As Alertmanager cuts: what max_alerts leaves out has no say in what is common."""
    several = [
        {**alert(), "labels": {"alertname": "X", "region": region}} for region in ("eu", "eu", "us")
    ]
    made = body(message(facts=facts(several, common_labels={"alertname": "X"})), max_alerts=2)
    assert made["commonLabels"] == {"alertname": "X", "region": "eu"}
    assert made["truncatedAlerts"] == 1


@pytest.mark.parametrize(
    ("options", "field"),
    [({"private_addresses": "no"}, "private_addresses"), ({"max_alerts": "-1"}, "max_alerts")],
)
async def test_settings_that_make_no_sense_are_named(options: dict[str, str], field: str) -> None:
    """The error names the field and what may stand there."""
    with pytest.raises(ValueError, match=f"channels.webhook.{field} is"):
        build(ChannelSettings("webhook", options), {})


def test_labels_of_the_route_are_sent_as_in_alertmanager_034() -> None:
    """The route's labels are in routeLabels; without any there is no such field."""
    facts = dict(message().facts)
    assert "routeLabels" not in body(message(facts=facts))
    named = body(message(facts={**facts, "route_labels": {"tier": "gold"}}))
    assert named["routeLabels"] == {"tier": "gold"}


def test_links_of_routes_yaml_are_sent_and_others_are_not() -> None:
    """A program gets the links that the alerts do not have; without any there is no such field."""
    assert "links" not in body(message())
    logs = Link("link", "Logs", "https://logs.example.com/")
    assert body(message(links=(*LINKS, logs)))["links"] == [{"title": "Logs", "url": logs.url}]
