"""Twilio's signature, compared with what its own SDK signs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from gateway.core.plan.accounts import Secret
from gateway.web.callbacks.twilio.signature import is_signed
from tests.fakes.twilio_posts import AUTH_TOKEN, inbound_text, message_state, post, signature
from tests.flow.world import alert
from tests.web.callbacks.twilio.phones import ANA, ROUTES_WITH_SMS, phones

SECRETS = (Secret("test-other-token"), Secret(AUTH_TOKEN))
URL = "https://alerts.example.com/callbacks/sms/status?notice=7"
FORM = {"MessageSid": "SM1", "MessageStatus": "sent", "To": ANA, "Body": "", "A": "é ß"}
OWN = inbound_text("ack", ANA)


def signed(url: str, form: dict[str, str], proof: str) -> bool:
    return is_signed(SECRETS, url, list(form.items()), proof)


def test_right_signature_of_any_secret_is_accepted() -> None:
    """An old and a new token count while one is being replaced."""
    assert signed(URL, FORM, signature(URL, FORM))


@pytest.mark.parametrize(
    "proof",
    [
        "",
        "x",
        "é\udce9",
        signature(URL, FORM, "test-wrong-token"),
        signature(URL, {**FORM, "MessageStatus": "delivered"}),
        signature(URL.replace("notice=7", "notice=8"), FORM),
        signature(URL.replace("https", "http"), FORM),
        signature(URL, {}),
    ],
)
def test_signature_of_anything_else_is_refused(proof: str) -> None:
    """Another body, another URL, another token, and what is no signature."""
    assert not signed(URL, FORM, proof)


@pytest.mark.parametrize(
    ("ours", "twilios"),
    [
        ("https://alerts.example.com/x", "https://alerts.example.com:443/x"),
        ("https://alerts.example.com:8443/x", "https://alerts.example.com/x"),
        ("https://alerts.example.com:443/x", "https://alerts.example.com/x"),
        ("http://[::1]:80/x", "http://[::1]/x"),
    ],
)
def test_port_may_be_signed_or_not(ours: str, twilios: str) -> None:
    """Twilio leaves a port out or adds one, as the SDK's own check allows."""
    assert signed(ours, FORM, signature(twilios, FORM))


@given(
    st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=8),
    st.text(alphabet="abc=&%/-_", max_size=20),
)
def test_everything_twilio_signs_is_recognised(form: dict[str, str], query: str) -> None:
    """Blank fields, any characters and any order: what the SDK signs is what we compute."""
    form = {k: v for k, v in form.items() if not any("\ud800" <= c < "\ue000" for c in k + v)}
    url = f"https://alerts.example.com/callbacks/sms/status?{query}"
    assert signed(url, form, RequestValidator(AUTH_TOKEN).compute_signature(url, form))


@pytest.mark.parametrize(
    "proof", ["", "test", signature("https://elsewhere.example.com/callbacks/sms/message", OWN)]
)
async def test_unsigned_post_is_401_and_changes_nothing(tmp_path: Path, proof: str) -> None:
    """Failed authentication alone is 401, and it is counted."""
    async with phones(tmp_path) as gateway:
        await gateway.world.post(alert())
        await gateway.world.advance(1.0)
        answer = await post(
            gateway.client, "/callbacks/sms/message", OWN, base=gateway.base, signed=proof
        )
        assert answer.status == 401
        assert (await gateway.incident()).ack is None


async def test_account_without_callbacks_takes_nothing(tmp_path: Path) -> None:
    """404: nobody has said what proves a post."""
    routes = ROUTES_WITH_SMS.replace(f", callbacks: {{signing_secret: {AUTH_TOKEN}}}", "")
    async with phones(tmp_path, routes) as gateway:
        form = message_state("sent", ANA)
        for path in ("/callbacks/sms/status", "/callbacks/none/status", "/callbacks/email/status"):
            answer = await post(gateway.client, path, form, base=gateway.base)
            assert answer.status == 404, path


async def test_proxy_that_changes_host_and_scheme_does_not_matter(tmp_path: Path) -> None:
    """Twilio signs the public URL, and the request behind a proxy names another one."""
    async with phones(tmp_path) as gateway:
        gateway.world.engine.links.external_url = "https://alerts.example.com/gateway"
        form = inbound_text("ack", "+4930000000")
        answer = await post(gateway.client, "/callbacks/sms/message", form, base=gateway.base)
        assert answer.status == 200
