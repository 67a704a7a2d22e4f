"""Hypothesis strategies for route trees and label sets.

There are few names and values, so alerts often match, and odd ones, so quoting is tested too.
"""

from typing import Any

from hypothesis import strategies as st

NAMES = ("alertname", "team", "severity", "zone")
ODD_NAMES = ("größe", "a b", "job.name", "1st")
"""Names that Alertmanager accepts since 0.27."""

VALUES = (
    "billing",
    "payments",
    "bill",
    "BILLING",
    "x.y",
    "x-y",
    "a b",
    'a "quoted" b',
    "back\\slash",
    "line\nbreak",
    "a,b",
    "{a=b}",
    "größe",
    "1",
)
PATTERNS = (
    "billing|payments",
    "bill",
    "bill.*",
    ".+",
    ".*",
    "",
    "(a|x).*",
    "(billing)?",
    "^billing$",
    "(?i)billing",
    "x\\.y",
    "x[.-]y",
    "(?s)line.break",
    "line.break",
    "[^b].*",
    "gr..e",
    "gr\\wße",
    "\\d",
    "\\pL+",
)
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-*+")

Tree = dict[str, Any]
Labels = dict[str, str]


@st.composite
def worlds(draw: st.DrawFn, names: tuple[str, ...]) -> tuple[Tree, list[Labels]]:
    """Draw a tree and the labels of three alerts."""
    few = st.lists(st.sampled_from(VALUES), min_size=2, max_size=3, unique=True)
    known = st.lists(st.sampled_from(names), min_size=2, max_size=3, unique=True)
    called, values = draw(known), draw(few)
    routes = st.lists(_deep(called, values, 3), min_size=2, max_size=4)
    tree = {"receiver": "r0", "routes": draw(routes)}
    # An empty value means that the label is missing.
    labels = st.fixed_dictionaries({name: st.sampled_from([*values, ""]) for name in called})
    return tree, draw(st.lists(labels, min_size=3, max_size=3))


def receivers(tree: Tree) -> list[dict[str, str]]:
    """Return all receivers that a tree names, for the file's other section."""
    return [{"name": name} for name in sorted(_named(tree))]


def quoted(text: str) -> str:
    """Return a value in double quotes, as both programs read them."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _named(tree: Tree) -> set[str]:
    below = set[str]().union(*map(_named, tree.get("routes", ())))
    return below | ({tree["receiver"]} if "receiver" in tree else set())


def _deep(names: list[str], values: list[str], depth: int) -> st.SearchStrategy[Tree]:
    """Return a route, with others below it."""
    name = st.sampled_from(names)
    below = st.lists(_deep(names, values, depth - 1), max_size=3) if depth > 1 else st.just([])
    return st.fixed_dictionaries(
        {
            "continue": st.booleans(),
            "receiver": st.sampled_from([f"r{number}" for number in range(1, 7)]),
            "routes": below,
        },
        optional={
            "matchers": st.lists(_matchers(names, values), min_size=1, max_size=2),
            "match": st.dictionaries(name, st.sampled_from(values), min_size=1, max_size=1),
            "match_re": st.dictionaries(name, st.sampled_from(PATTERNS), min_size=1, max_size=1),
            "group_by": st.sampled_from([[], ["alertname"], ["..."], ["team", "zone"]]),
        },
    ).map(_inheriting)


def _inheriting(route: Tree) -> Tree:
    """Remove the first receiver: the route has its parent's then."""
    return {k: v for k, v in route.items() if (k, v) != ("receiver", "r1")}


def _matchers(names: list[str], values: list[str]) -> st.SearchStrategy[str]:
    """Return one entry of `matchers`: a matcher, or several in one text, with braces or without."""
    name, value, pattern = map(st.sampled_from, (names, values, PATTERNS))
    one = st.one_of(
        st.tuples(name, st.sampled_from(["=", "!="]), value),
        st.tuples(name, st.sampled_from(["=~", "!~"]), pattern),
    )
    written = st.builds(_written, one, st.booleans(), st.sampled_from(["", " "]))
    several = st.lists(written, min_size=2, max_size=2).map(", ".join)
    return st.one_of(written, written, several, several.map("{{{}}}".format))


def _written(matcher: tuple[str, str, str], bare: bool, space: str) -> str:
    name, op, value = matcher
    # Some values need no quotes; odd names do.
    shown = value if bare and value and set(value) <= _PLAIN else quoted(value)
    called = name if name in NAMES else quoted(name)
    return f"{called}{space}{op}{space}{shown}"
