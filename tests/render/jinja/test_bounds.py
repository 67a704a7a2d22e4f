"""No template runs away with the process: work and size are bounded, and counted, not timed."""

import re
from pathlib import Path

import pytest

from gateway.render.jinja.budget import MAX_TEXT
from gateway.render.samples import sample, samples
from tests.render.rendering import message_of, renderer_with

BOUND = r"too many steps|at most 200000|too large|is unsafe|No filter named|can grow|recursion"

RUNAWAYS = {
    "a wide text": "{{ 'a' * 50000000 }}",
    "a wide list": "{{ ([1] * 50000000)|length }}",
    "a huge number": "{{ 9 ** (9 ** 9) }}",
    "formatting": "{{ '%50000000s' % 'a' }}",
    "the filter format": "{{ '%50000000s'|format('a') }}",
    "str.format": "{{ '{:50000000}'.format('a') }}",
    "ljust": "{{ 'a'.ljust(50000000) }}",
    "int.to_bytes": "{{ (1).to_bytes(50000000, 'big') }}",
    "nested loops": "{% for i in range(3000) %}{% for j in range(3000) %}{% endfor %}{% endfor %}",
    "a doubling text": "{% set n = namespace(t='ab') %}"
    "{% for i in range(40) %}{% set n.t = n.t ~ n.t %}{% endfor %}",
    "a doubling sum": "{% set n = namespace(t='ab') %}"
    "{% for i in range(40) %}{% set n.t = n.t + n.t %}{% endfor %}",
    "a branching macro": "{% macro m(n) %}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
    "a branching include": "{% include 'console/text.j2' %}{% include 'console/text.j2' %}",
    "join": "{{ range(1000)|join('x' * 100000) }}",
    "replace": "{{ ('a' * 100000)|replace('a', 'b' * 100000) }}",
    "much output": "{% for i in range(9000) %}{{ 'a' * 1000 }}{% endfor %}",
}


@pytest.mark.parametrize("source", RUNAWAYS.values(), ids=RUNAWAYS.keys())
def test_a_runaway_template_ends_in_plain_words(tmp_path: Path, source: str) -> None:
    """Promise 7: a template that would take all memory or time is stopped, and plain text sent."""
    renderer = renderer_with(tmp_path, {"console/text.j2": source})
    message = message_of(sample(), "console", renderer)
    assert message.failed_template == "console/text.j2"
    assert "A customer was charged twice" in message.parts["text"]
    # Not for a reason of another kind, such as a name that was never there.
    assert re.search(BOUND, message.parts["text"]) is not None


ESCAPES = {
    "classes": "{{ name.__class__.__mro__ }}",
    "globals": "{{ table.beyond.__globals__ }}",
    "the filter attr": "{{ name|attr('__class__') }}",
    "the environment": "{{ self._TemplateReference__context }}",
    "changing facts": "{{ digest.append(1) }}",
    "changing what was read": "{{ target.update({'channel': 'x'}) }}",
    "the meter": "{{ 1|pay }}",
}


@pytest.mark.parametrize("source", ESCAPES.values(), ids=ESCAPES.keys())
def test_a_template_cannot_leave_its_sandbox(tmp_path: Path, source: str) -> None:
    """A template reads the names it is given and nothing else."""
    renderer = renderer_with(tmp_path, {"console/text.j2": source})
    assert message_of(sample(), "console", renderer).failed_template == "console/text.j2"


def test_rounding_takes_no_power_of_ten(tmp_path: Path) -> None:
    """Jinja's own filter would compute 10 ** 999999999 for hours."""
    renderer = renderer_with(tmp_path, {"console/text.j2": "{{ 1.26|round(999999999) }}"})
    assert message_of(sample(), "console", renderer).parts["text"] == "1.26\n"


def test_honest_templates_have_room(tmp_path: Path) -> None:
    """A table of a thousand alerts with all their labels is not a runaway."""
    source = "{% for a in alerts %}{% for k, v in a.labels.items() %}{{ k }}={{ v }} {% endfor %}"
    renderer = renderer_with(tmp_path, {"console/text.j2": source + "\n{% endfor %}"})
    storm = next(each for each in samples() if each.name == "a thousand alerts")
    message = message_of(storm, "console", renderer)
    assert message.failed_template is None
    assert 100_000 < len(message.parts["text"]) < MAX_TEXT


def test_the_next_message_starts_with_a_full_meter(tmp_path: Path) -> None:
    """What one template wasted is not taken from the next."""
    source = "{% for i in range(15000) %}{% endfor %}ok"
    renderer = renderer_with(tmp_path, {"console/text.j2": source})
    for _ in range(3):
        assert message_of(sample(), "console", renderer).parts["text"] == "ok\n"
