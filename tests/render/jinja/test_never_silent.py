"""A template never silences an alert (Promise 7)."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.plan.plan import Target
from gateway.render.jinja.lookup import PARTS
from gateway.render.request import RenderRequest
from gateway.render.samples import LINKS, facts_for, sample, samples
from tests.render.rendering import SHIPPED, ZONE, message_of, renderer_with

BROKEN = {
    "an unknown name": "{{ nobody_knows_this }}",
    "a syntax error": "{% if %}",
    "an unknown filter": "{{ name|frobnicate }}",
    "a wrong attribute": "{{ table.rowz }}",
    "an error at run time": "{{ 1 / 0 }}",
    "a missing include": "{% include 'shared/nowhere.j2' %}",
    "an endless include": "{% include 'shared/circle.j2' %}",
}
CIRCLE = {"shared/circle.j2": "round {% include 'shared/circle.j2' %}"}


@pytest.mark.parametrize("source", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_template_sends_plain_words_that_say_so(tmp_path: Path, source: str) -> None:
    """Promise 7, E16: the alert goes out, naming what is wrong and the template that failed."""
    renderer = renderer_with(tmp_path, {"slack/text.j2": source, **CIRCLE})
    message = message_of(sample(), "slack", renderer)
    assert message.failed_template is not None
    assert set(message.parts) == set(PARTS["slack"])
    assert "A customer was charged twice" in message.parts["title"]
    assert f"The template failed ({message.failed_template}" in message.parts["text"]
    assert "critical" in message.parts["text"]
    assert "<https://runbooks.example.com/billing/double-charge|Runbook>" in message.parts["text"]


@pytest.mark.parametrize("source", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_shared_sentence_silences_no_channel(tmp_path: Path, source: str) -> None:
    """Promise 7, E16: the sentences that all channels share can be broken, too."""
    renderer = renderer_with(tmp_path, {"shared/why.j2": source, **CIRCLE})
    for channel, parts in PARTS.items():
        message = message_of(sample(), channel, renderer)
        assert message.failed_template is not None
        assert all("charged twice" in message.parts[part] for part in parts)


def test_the_line_of_the_mistake_is_named(tmp_path: Path) -> None:
    """E16: the error names the file and the line."""
    renderer = renderer_with(tmp_path, {"email/text.j2": "one\ntwo {{ name }}\n{{ sumary }}\n"})
    message = message_of(sample(), "email", renderer)
    assert message.failed_template == "email/text.j2"
    assert "(email/text.j2, line 3): 'sumary' is undefined" in message.parts["text"]
    assert message.parts["subject"].startswith("[critical] DoubleChargeDetected: A customer")


def test_other_channels_keep_their_words(tmp_path: Path) -> None:
    """A mistake in one channel's template does not affect another."""
    renderer = renderer_with(tmp_path, {"slack/text.j2": "{{ oops }}"})
    assert message_of(sample(), "slack", renderer).failed_template == "slack/text.j2"
    assert message_of(sample(), "email", renderer).failed_template is None


def test_a_missing_label_is_empty_text(tmp_path: Path) -> None:
    """E16: a template renders also without a label that it uses."""
    source = "[{{ labels.nowhere }}{{ annotations['not there'] }}{{ labels.team }}]"
    renderer = renderer_with(tmp_path, {"console/text.j2": source})
    message = message_of(sample(), "console", renderer)
    assert message.failed_template is None
    assert message.parts["text"] == "[billing]\n"


@pytest.mark.parametrize("each", samples(), ids=lambda each: each.name)
@pytest.mark.parametrize("channel", PARTS)
def test_every_sample_has_words_in_every_channel(each: Any, channel: str) -> None:
    """The shipped templates serve every kind, severity and oddity."""
    message = message_of(each, channel)
    assert message.failed_template is None, message.parts
    assert all(text.strip() for text in message.parts.values())


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
known = sorted(facts_for(NoticeKind.DIGEST, "critical"))


@given(
    facts=st.dictionaries(st.sampled_from(known), json),
    kind=st.sampled_from(list(NoticeKind)),
    reason=st.sampled_from(list(NotifyReason)),
    channel=st.sampled_from(sorted(PARTS)),
    zone=st.sampled_from(["UTC", "Australia/Lord_Howe", "No/Such", ""]),
)
def test_any_facts_give_a_message(
    facts: dict[str, Any], kind: NoticeKind, reason: NotifyReason, channel: str, zone: str
) -> None:
    """Promise 7: facts of an older release, or damaged ones, still give a message."""
    base = facts_for(NoticeKind.FIRING, "critical") | facts
    for each in (facts, base):
        target = Target(channel, "x")
        message = SHIPPED.render(
            RenderRequest(1, each, target, PARTS[channel], LINKS, zone, kind, reason)
        )
        assert set(message.parts) == set(PARTS[channel])
        assert all(text.strip() for text in message.parts.values())
        for text in message.parts.values():
            text.encode()  # no lone surrogate: every vendor's API needs UTF-8


def test_unknown_channel_gets_plain_text() -> None:
    """A part without any template still gives a message."""
    target = Target("pigeon", "x")
    message = SHIPPED.render(RenderRequest(1, sample().facts, target, ("text",), LINKS, ZONE))
    assert message.failed_template == "pigeon/text.j2"
    assert "A customer was charged twice" in message.parts["text"]


def test_a_channel_without_words_gets_none() -> None:
    """An outgoing webhook carries facts, not words."""
    target = Target("webhook", "x")
    message = SHIPPED.render(RenderRequest(1, sample().facts, target, (), LINKS, ZONE))
    assert message.parts == {}
    assert message.failed_template is None
