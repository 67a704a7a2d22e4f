"""Labels and annotations come from anybody who can make an alert: they must come out harmless."""

import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.incidents.message import Link, Message
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.render.request import RenderRequest
from gateway.render.samples import HOSTILE, LINKS, Sample, hostile, sample
from tests.render.rendering import SHIPPED, ZONE, message_of, renderer_with

TAGS = {"html", "head", "meta", "title", "style", "body"} | (
    {"div", "table", "tr", "td", "th", "h1", "h2", "p", "a", "b", "br", "span"}
)
nasty = (
    st.sampled_from(HOSTILE)
    | st.text(max_size=40)
    | st.builds(
        "".join,
        st.lists(
            st.sampled_from(
                ["<", "!channel", ">", "&", "{{", "}}", "|", "\n", "\u202e", "'", '"', "a"]
            ),
            max_size=12,
        ),
    )
)


class Reader(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.urls: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.urls += [value or "" for name, value in attrs if name in ("href", "src")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def rendered(value: str, channel: str, kind: NoticeKind = NoticeKind.FIRING) -> Message:
    """A message in which everything from outside is `value`."""
    return message_of(Sample("hostile", hostile(value), kind, NotifyReason.FIRST), channel)


@given(value=nasty, kind=st.sampled_from(list(NoticeKind)))
def test_html_holds_only_our_own_tags_and_safe_links(value: str, kind: NoticeKind) -> None:
    """E17: no tag, attribute or javascript: link from a label reaches a mail client."""
    message = rendered(value, "email", kind)
    assert message.failed_template is None
    reader = Reader()
    reader.feed(message.parts["html"])
    assert reader.tags <= TAGS
    assert reader.handlers == []
    assert all(url.startswith("https://") for url in reader.urls)


@given(value=nasty, kind=st.sampled_from(list(NoticeKind)))
def test_slack_text_holds_no_control_sequence(value: str, kind: NoticeKind) -> None:
    """E17: <!channel>, <@U…> and links in a label notify nobody and lead nowhere."""
    message = rendered(value, "slack", kind)
    assert message.failed_template is None
    for text in message.parts.values():
        assert "<" not in text


def is_one_line(text: str) -> bool:
    """Nothing in it ends a line, steers a terminal or cannot be encoded."""
    return not {unicodedata.category(c) for c in text} & {"Cc", "Cs", "Zl", "Zp"}


@given(value=nasty, kind=st.sampled_from(list(NoticeKind)))
def test_lines_are_one_line_of_bounded_length(value: str, kind: NoticeKind) -> None:
    """E17: no line end in a subject can start a header, and a lock screen shows the whole."""
    subject = rendered(value, "email", kind).parts["subject"]
    assert is_one_line(subject)
    assert len(subject) <= 120
    title = rendered(value, "slack", kind).parts["title"]
    assert is_one_line(title)
    assert len(title) <= 150
    assert len(rendered(value, "pagerduty", kind).parts["summary"]) <= 1024


@pytest.mark.parametrize("channel", ["email", "slack", "console", "pagerduty"])
def test_nothing_invisible_gets_through(channel: str) -> None:
    """E17: controls and direction marks cannot make a message read as another one."""
    value = "\u202eabc\u2066\x1b[31m\x00\ud800"
    for text in rendered(value, channel).parts.values():
        assert not set(text) & set("\u202e\u2066\x1b\x00\ud800")


def test_a_long_value_is_cut_visibly() -> None:
    """E17: a label of 10 kB neither floods a phone nor vanishes."""
    message = rendered("x" * 10_000, "email")
    assert len(message.parts["text"]) < 10_000
    assert "x…" in message.parts["text"]


def test_a_value_is_never_evaluated() -> None:
    """E17: a template in a label stays text, in an admin's templates as well."""
    for channel in ("email", "slack", "console"):
        for text in rendered("{{ 7 * 7 }}", channel).parts.values():
            assert "49" not in text.replace("#1042", "")


def test_an_admins_slack_template_is_escaped_by_itself(tmp_path: Path) -> None:
    """E17: who writes a template need not think of escaping; |safe and literals are theirs."""
    source = (
        "<!here> {{ name }} {{ '<b>' }} {{ name ~ '&' }} {{ name|safe }} {{ [name]|join(',') }}"
    )
    renderer = renderer_with(tmp_path, {"slack/text.j2": source})
    text = message_of(
        Sample("x", hostile("<!channel>"), NoticeKind.FIRING, NotifyReason.FIRST), "slack", renderer
    ).parts["text"]
    off = "&lt;!channel&gt;"
    assert text == f"<!here> {off} &lt;b&gt; {off}&amp; <!channel> {off}\n"


def test_what_a_macro_returns_is_escaped_once(tmp_path: Path) -> None:
    """E17: escaping twice would show people &amp;amp;."""
    macro = "{% macro twice(x) %}{{ x }} {{ x }}{% endmacro %}"
    source = macro + "{{ twice('a & b') }}{% set y %}{{ '<' }}{% endset %}{{ y ~ '>' }}"
    for channel, part in (("slack", "text"), ("email", "html")):
        renderer = renderer_with(tmp_path, {f"{channel}/{part}.j2": source})
        text = message_of(sample(), channel, renderer).parts[part]
        assert text == "a &amp; b a &amp; b&lt;&gt;\n"


def test_the_filters_for_slack_cannot_be_broken_out_of(tmp_path: Path) -> None:
    """E17: neither a backtick nor a | ends what the filter began."""
    source = "{{ name|code }} {{ 'https://a.example.com/|x>'|slack_link(name) }}"
    renderer = renderer_with(tmp_path, {"slack/text.j2": source})
    facts = hostile("`<!channel>|`")
    message = message_of(
        Sample("x", facts, NoticeKind.FIRING, NotifyReason.FIRST), "slack", renderer
    )
    shown = "'&lt;!channel&gt;|'"
    link = "<https://a.example.com/%7Cx%3E|`&lt;!channel&gt;¦`>"
    assert message.parts["text"] == f"`{shown}` {link}\n"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "https://a@evil.example", "//x", "", "ftp://x"],
)
def test_an_unsafe_link_is_no_link(url: str) -> None:
    """E17: only http and https URLs become links, from any source."""
    facts: dict[str, Any] = sample().facts
    target = sample().target("email")
    message = SHIPPED.render(
        RenderRequest(1, facts, target, ("html",), [Link("runbook", "Runbook", url)], ZONE)
    )
    assert message.links == ()
    assert ">Runbook<" not in message.parts["html"]


def test_plain_words_are_harmless_too(tmp_path: Path) -> None:
    """E17: what stands in for a broken template escapes as well."""
    broken = {"slack/text.j2": "{{ oops }}", "email/html.j2": "{{ oops }}"}
    renderer = renderer_with(tmp_path, broken)
    for value in HOSTILE:
        each = Sample("x", hostile(value), NoticeKind.FIRING, NotifyReason.FIRST)
        slack = message_of(each, "slack", renderer).parts["text"]
        for link in LINKS:
            slack = slack.replace(f"<{link.url.replace('&', '&amp;')}|{link.text}>", "")
        assert "<" not in slack
        reader = Reader()
        reader.feed(message_of(each, "email", renderer).parts["html"])
        assert reader.tags <= TAGS
        assert reader.handlers == []
