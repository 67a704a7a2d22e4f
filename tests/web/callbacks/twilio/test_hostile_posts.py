"""Signed posts with any content: answered in Twilio's form, and never with an error of ours."""

from pathlib import Path
from xml.etree import ElementTree

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.twilio_posts import post
from tests.flow.world import alert
from tests.web.callbacks.twilio.phones import ANA, ROUTES_WITH_SMS, Phones, phones

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
STATES = st.sampled_from(["delivered", "undelivered", "failed", "sent", "busy", "completed", ""])
FORMS = st.fixed_dictionaries(
    {},
    optional={
        "MessageSid": st.sampled_from(["SM1", "SM2", "", "x" * 500, "SM\x00"]),
        "CallSid": st.sampled_from(["CA1", "", "CA/1"]),
        "From": st.sampled_from([ANA, "+1", "", "anonymous"]) | TEXTS,
        "To": st.sampled_from([ANA, "+1", ""]) | TEXTS,
        "Body": st.sampled_from(["ack", "ack 1001", "comment 1001 \x00\x07", "STOP"]) | TEXTS,
        "Digits": st.sampled_from(["1", "2", "", "11111"]) | TEXTS,
        "MessageStatus": STATES,
        "CallStatus": STATES,
        "ErrorCode": st.sampled_from(["30003", "21610", "99999999999999", "-1"]) | TEXTS,
    },
)
KINDS = st.sampled_from(["sms/status", "sms/message", "voice/status", "voice/keys"])
QUERIES = st.sampled_from(
    ["", "?notice=1", "?notice=", "?notice=99999999999999999999", "?notice=%00"]
)
_SMS_ACCOUNT = next(line for line in ROUTES_WITH_SMS.splitlines() if line.startswith("  sms: {"))
WITH_BOTH = ROUTES_WITH_SMS.replace(
    _SMS_ACCOUNT, f"{_SMS_ACCOUNT}\n{_SMS_ACCOUNT.replace('  sms:', '  voice:')}", 1
)


async def answer(gateway: Phones, kind: str, query: str, form: dict[str, str]) -> None:
    path = f"/callbacks/{kind}{query}"
    response = await post(gateway.client, path, form, base=gateway.base)
    assert response.status in (200, 204), (path, form)
    if response.status == 200:
        ElementTree.fromstring(await response.text())


async def test_any_signed_post_is_answered_in_twilios_form(tmp_path: Path) -> None:
    """An error page would be read out to a person as "application error"."""
    posts: list[tuple[str, str, dict[str, str]]] = []

    @settings(max_examples=150, suppress_health_check=list(HealthCheck), database=None)
    @given(KINDS, QUERIES, FORMS)
    def collect(kind: str, query: str, form: dict[str, str]) -> None:
        posts.append((kind, query, form))

    collect()
    async with phones(tmp_path, WITH_BOTH) as gateway:
        assert {"sms", "voice"} <= gateway.world.engine.config.channels.keys()
        await gateway.world.post(alert())
        await gateway.world.advance(1.0)
        for kind, query, form in posts:
            await answer(gateway, kind, query, form)
