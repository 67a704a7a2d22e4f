"""A template that counting cannot bound is stopped by the limits of its process."""

import re
from pathlib import Path

import pytest

from gateway import clock
from gateway.core.incidents.message import Message
from gateway.render.jinja.lookup import PARTS
from gateway.render.samples import sample
from gateway.render.worker import limits
from gateway.render.worker.forked import ForkedRenderer
from tests.render.hostile_templates import ENDLESS
from tests.render.rendering import children, problems_of, renderer_with, request_of

STOPPED = re.compile(r"processor time|takes more than|more memory than")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop sooner than in earnest, so that dozens of templates do not take a minute."""
    monkeypatch.setattr(limits, "CPU_SECONDS", 0.1)
    monkeypatch.setattr(limits, "GUILTY_CPU_SECONDS", 0.0)
    monkeypatch.setattr(limits, "WALL_SECONDS", 60.0)


def message_of(forked: ForkedRenderer, channel: str) -> Message:
    """One sample in words for one channel."""
    return forked.render(request_of(sample(), channel))


@pytest.mark.process
@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS.keys())
def test_endless_template_gives_plain_text(tmp_path: Path, source: str) -> None:
    """Promise 7, E16: for any template, a message is sent in bounded time."""
    renderer = renderer_with(tmp_path, {"console/text.j2": source})
    with ForkedRenderer(renderer, clock.monotonic) as forked:
        message = message_of(forked, "console")
        assert message.failed_template == "console/text.j2"
        assert "A customer was charged twice" in message.parts["text"]
        assert STOPPED.search(message.parts["text"]) is not None
        assert message_of(forked, "email").failed_template is None


def test_a_stopped_template_is_not_tried_again(tmp_path: Path) -> None:
    """Promise 13: a hostile template delays others once, and not with each of its messages."""
    files = {"console/text.j2": ENDLESS["nested lists printed"]}
    seconds = [0.0]
    with ForkedRenderer(renderer_with(tmp_path, files), lambda: seconds[0]) as forked:
        first = message_of(forked, "console")
        # Mended meanwhile: only what is put aside still fails.
        (tmp_path / "console" / "text.j2").write_text("mended")
        assert message_of(forked, "console").parts == first.parts
        seconds[0] = 601.0
        assert message_of(forked, "console").parts["text"] == "mended\n"


def test_a_template_stopped_on_a_busy_machine_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 7: one that used hardly any processor time is put aside at the second time only."""
    monkeypatch.setattr(limits, "GUILTY_CPU_SECONDS", 1000.0)
    files = {"console/text.j2": ENDLESS["nested lists printed"]}
    with ForkedRenderer(renderer_with(tmp_path, files), lambda: 0.0) as forked:
        assert message_of(forked, "console").failed_template == "console/text.j2"
        (tmp_path / "console" / "text.j2").write_text("fine")
        assert message_of(forked, "console").parts["text"] == "fine\n"


def test_an_endless_sentence_is_stopped_once_for_all_channels(tmp_path: Path) -> None:
    """Promise 7: a shared sentence can be the endless one; every channel still has its words."""
    files = {"shared/why.j2": ENDLESS["nested lists printed"]}
    with ForkedRenderer(renderer_with(tmp_path, files), lambda: 0.0) as forked:
        for channel, parts in PARTS.items():
            message = message_of(forked, channel)
            assert message.failed_template == "shared/why.j2"
            assert all("charged twice" in message.parts[part] for part in parts)


def test_check_names_the_endless_template_and_ends(tmp_path: Path) -> None:
    """E16: `gateway check` ends, and says which templates run without end."""
    files = {
        "console/text.j2": ENDLESS["nested lists printed"],
        "email/subject.j2": ENDLESS["a filtered loop"],
        "slack/title.j2": "{{ nobody_knows }}",
        "shared/why.j2": ENDLESS["memory by texts"],
    }
    rendered = {
        Path(problem.file).relative_to(tmp_path).as_posix(): problem.message
        for problem in problems_of(renderer_with(tmp_path, files))
    }
    assert set(rendered) == set(files)
    assert STOPPED.search(rendered["console/text.j2"]) is not None
    assert STOPPED.search(rendered["email/subject.j2"]) is not None
    assert "undefined" in rendered["slack/title.j2"]


def test_a_template_that_is_endless_to_compile_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 7: reading and compiling a template stands under the same limits."""
    monkeypatch.setattr(limits, "CPU_SECONDS", 0.05)
    before = children()
    source = "{% if x %}" + "{{ a.b.c|upper ~ 'x' }}" * 8_000 + "{% endif %}"
    with ForkedRenderer(
        renderer_with(tmp_path, {"console/text.j2": source}), lambda: 0.0
    ) as forked:
        message = message_of(forked, "console")
    assert message.failed_template == "console/text.j2"
    assert STOPPED.search(message.parts["text"]) is not None
    assert children() == before


def test_shipped_templates_need_no_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Promise 9: without templates of one's own nothing is forked, so nothing is slower."""
    monkeypatch.setattr("gateway.render.worker.process.fork", None)
    with ForkedRenderer(renderer_with(tmp_path, {}), clock.monotonic) as forked:
        assert message_of(forked, "email").failed_template is None
