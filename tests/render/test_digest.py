"""A digest in words: each line leads to its incident, and what is left out is counted."""

import json
from typing import Any

import pytest

from gateway.channels.slack.blocks import ALL_TEXT, SECTION, blocks, plain_text
from gateway.core.incidents.message import Link, Message
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.render.jinja.lookup import PARTS
from gateway.render.renderer import Renderer
from gateway.render.request import RenderRequest
from gateway.render.samples import GATEWAY, Sample, sample
from tests.render.rendering import SHIPPED, ZONE, renderer_with

LIST = Link("list", "All incidents", f"{GATEWAY}/")


def digest_of(size: int, channel: str, renderer: Renderer = SHIPPED, **changes: Any) -> Message:
    """A digest of so many firing incidents, in words for one channel."""
    lines = [
        {
            "incident": 1000 + index,
            "title": f"PoolHigh: the pool p{index} is full",
            "severity": "warning",
            "status": "firing",
            "url": f"{GATEWAY}/incidents/{1000 + index}",
            "acknowledge": f"{GATEWAY}/ack/{'t' * 60}{index}",
            **changes,
        }
        for index in range(size)
    ]
    facts = {**sample(NoticeKind.DIGEST, "warning").facts, "digest": lines}
    each = Sample("x", facts, NoticeKind.DIGEST, NotifyReason.DIGEST)
    target, parts = each.target(channel), PARTS[channel]
    return renderer.render(RenderRequest(7, facts, target, parts, [LIST], ZONE, each.kind))


@pytest.mark.parametrize(
    ("channel", "part"),
    [("email", "text"), ("email", "html"), ("slack", "text"), ("console", "text")],
)
def test_each_line_leads_to_its_incident(channel: str, part: str) -> None:
    """Promise 9, E11: each one folded can be read and acknowledged from the message itself."""
    text = digest_of(15, channel).parts[part]
    for index in range(15):
        assert f"{GATEWAY}/incidents/{1000 + index}" in text
        assert f"{GATEWAY}/ack/{'t' * 60}{index}" in text


@pytest.mark.parametrize(
    ("channel", "part", "shown"),
    [("email", "text", 50), ("email", "html", 50), ("slack", "text", 20), ("console", "text", 50)],
)
def test_omitted_incidents_are_counted_and_linked(channel: str, part: str, shown: int) -> None:
    """Promise 9: of 500 incidents the first are listed; the rest is counted, with a link."""
    text = digest_of(500, channel).parts[part]
    assert text.count("/ack/") == shown
    assert f"{500 - shown} more" in text
    assert f"{GATEWAY}/" in text.partition(f"{500 - shown} more")[2]


def test_a_long_digest_stays_within_the_vendors_limits() -> None:
    """E11: neither Slack refuses a digest nor Gmail clips it, however long titles and links are."""
    title, url = "wörds " * 40, f"{GATEWAY}/{'p' * 150}/incidents/1"
    message = digest_of(500, "slack", title=title, url=url, acknowledge=url)
    made = blocks(message)
    texts = [block["text"]["text"] for block in made if block["type"] == "section"]
    assert all(len(text) <= SECTION for text in texts)
    assert sum(map(len, texts)) <= ALL_TEXT
    assert "see <" in texts[-1]
    assert all(text.count("<") == text.count(">") for text in texts)
    assert len(plain_text(message)) <= 3900
    assert json.dumps(made[-1]).count("All incidents") == 1
    assert len(digest_of(500, "email").parts["html"].encode()) < 100_000


def test_an_unsafe_or_missing_link_is_no_link() -> None:
    """E17: a digest of an older release has no links, and none but http and https is one."""
    for changes in ({"url": "javascript:alert(1)"}, {"url": None, "acknowledge": None}):
        for channel in ("email", "slack", "console"):
            message = digest_of(3, channel, **changes)
            assert message.failed_template is None
            assert not any("javascript" in text for text in message.parts.values())
            assert "#1001" in message.parts["text"]


def test_plain_words_list_the_incidents(tmp_path: Any) -> None:
    """Promises 7 and 9: when the template fails, the digest still says which incidents it is of."""
    broken = renderer_with(tmp_path, {"slack/text.j2": "{{ oops }}"})
    message = digest_of(30, "slack", broken)
    assert message.failed_template == "slack/text.j2"
    assert "#1000 [warning, firing] PoolHigh: the pool p0 is full" in message.parts["text"]
    assert f"{GATEWAY}/incidents/1019" in message.parts["text"]
    assert "10 more" in message.parts["text"]
