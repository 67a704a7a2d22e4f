"""Any input loads, or is refused with what is wrong: nothing else is raised."""

import random
from collections.abc import Sequence
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, example, given, settings

from gateway.config.export.reference import sections
from gateway.config.grammar.root import FILE
from gateway.config.load import ConfigError, Problem, load
from tests.config.texts import CHECKOUT, NOW, Files
from tests.examples import examples

SHIPPED = (CHECKOUT / "routes.yaml").read_text()
BROKEN = [path.read_text() for path in sorted((Path(__file__).parent / "broken").glob("*.yaml"))]
KEYS = sorted({field.name for section in sections() for field in section.fields})
WORDS = [*KEYS, "ana", "all", "15m", "0s", "Mon 09:00", "2026-01-05", "a=b", "person:ana", "${X}"]
NASTY = ["", "\x00", "\ud800", "9" * 400, "-", "[", "{", "*a", "&a ", "!!binary", "\t", "${", "~"]


def survives(source: str | Path, content: bytes = b"") -> None:
    """Load something; only ConfigError, which says something, may come of it."""
    files = Files({"r.yaml": content})
    problems: Sequence[Problem] | None = None
    try:
        load(source, env={"X": "1"}, read_file=files.read, now=NOW)
    except ConfigError as error:
        problems = error.problems
    if problems is not None:
        assert problems
        assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)


@given(st.text(max_size=300))
@example("\ud800")
@example("a: &a [*a]")
@example("? [a]\n: b")
@example("<<: 1")
@example("<<: [*a]")
@example("!<tag:yaml.org,2002:str> a")
@settings(max_examples=examples(300), deadline=None, derandomize=True, database=None)
def test_any_text(text: str) -> None:
    """Any text at all."""
    survives(text)


@given(st.binary(max_size=300))
@settings(max_examples=examples(150), deadline=None, derandomize=True, database=None)
def test_any_bytes(content: bytes) -> None:
    """Any bytes at all."""
    survives(Path("r.yaml"), content)


values = st.recursive(
    st.sampled_from([*WORDS, *NASTY]) | st.integers().map(str) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)


def flow(value: object) -> str:
    """A value in YAML's flow style, its texts sometimes without quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    text = str(value)
    return text if text.isalnum() or text in WORDS[-8:] else "'" + text.replace("'", "''") + "'"


@given(
    st.dictionaries(st.sampled_from([one.name for one in FILE.fields]), values, max_size=5),
    st.booleans(),
)
@settings(
    max_examples=examples(400),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_any_shape(top: dict[str, object], with_rest: bool) -> None:
    """Known keys in places and shapes where they do not belong."""
    parts = [f"{key}: {flow(value)}" for key, value in top.items()]
    if with_rest:
        parts += ["receivers: [{name: all}]"] * ("receivers" not in top)
        parts += ["route: {receiver: all}"] * ("route" not in top)
    survives("\n".join(parts))


def test_any_slip_of_the_pen() -> None:
    """Files that are nearly right: characters, words and lines lost, doubled or replaced."""
    chance = random.Random(20260105)
    for _ in range(400):
        text = chance.choice([SHIPPED, SHIPPED, *BROKEN])
        for _ in range(chance.randint(1, 3)):
            text = slip(text, chance)
        survives(text)


def slip(text: str, chance: random.Random) -> str:
    """One small change to a text."""
    at = chance.randrange(len(text) + 1)
    kind = chance.randrange(5)
    if kind == 0:
        return text[:at] + text[at + chance.randint(1, 4) :]
    if kind == 1:
        return text[:at] + chance.choice([*NASTY, *WORDS]) + text[at:]
    lines = text.split("\n")
    row = chance.randrange(len(lines))
    if kind == 2:
        lines.insert(row, lines[chance.randrange(len(lines))])
    elif kind == 3:
        del lines[row]
    else:
        words = lines[row].split(" ")
        words[chance.randrange(len(words))] = chance.choice([*WORDS, *NASTY])
        lines[row] = " ".join(words)
    return "\n".join(lines)
