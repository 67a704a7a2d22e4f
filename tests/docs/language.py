"""Search for forbidden terms in code, templates and documentation, and the list of exceptions.

`python -m tests.docs.language` lists what is found, and `--update` lowers the counts of the list.
"""

import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.docs.language_terms import TERMS
from tests.docs.pages import CHECKOUT, name_of

EXCEPTIONS = Path(__file__).with_name("language_exceptions.txt")
_SEARCHED = (
    "gateway/**/*.py",
    "gateway/**/*.html",
    "templates/**/*.j2",
    "benchmarks/**/*.py",
    "tests/**/*.py",
    "docs/**/*.md",
    "docs/**/*.yml",
    "*.md",
    "routes.yaml",
    "pyproject.toml",
    "Makefile",
    "Dockerfile",
)
_NOT_SEARCHED = ("tests/docs/language", "tests/docs/test_language", "tests/fixtures/")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Hit(NamedTuple):
    """A forbidden term in a file."""

    path: str
    line: int
    term: str
    text: str


class _Search:
    """One pattern for all terms of a kind: a file is read once, not once for each term."""

    def __init__(self, patterns: dict[str, str], whole: bool = False, flags: int = 0) -> None:
        self._terms = list(patterns)
        groups = "|".join(f"({_uncaptured(p)})" for p in patterns.values())
        self._pattern = re.compile(rf"^(?:{groups})$" if whole else rf"\b(?:{groups})\b", flags)

    def terms(self, text: str) -> Iterator[tuple[int, str, str]]:
        """Yield the position, the term and the matched text of each occurrence."""
        for match in self._pattern.finditer(text):
            assert match.lastindex is not None
            yield match.start(), self._terms[match.lastindex - 1], match[0]


def _uncaptured(pattern: str) -> str:
    return re.sub(r"\((?!\?)", "(?:", pattern)


_PROSE = _Search({t.term: t.prose for t in TERMS if t.prose}, flags=re.IGNORECASE)
_NAMES = _Search({t.term: t.names for t in TERMS if t.names}, flags=re.IGNORECASE)
_WHOLE_NAMES = _Search({t.term: t.whole_name for t in TERMS if t.whole_name}, whole=True)


@cache
def hits() -> tuple[Hit, ...]:
    """Return every forbidden term of the checkout, sorted by file and line."""
    return tuple(sorted(hit for path in _files() for hit in hits_in(path)))


def _files() -> Iterator[Path]:
    for pattern in _SEARCHED:
        for path in CHECKOUT.glob(pattern):
            if not name_of(path).startswith(_NOT_SEARCHED):
                yield path


def hits_in(path: Path) -> Iterator[Hit]:
    """Yield the forbidden terms of a file: of its prose and, in Python, of its names."""
    text = path.read_text(encoding="utf-8")
    name = name_of(path)
    if path.suffix == ".py":
        yield from (Hit(name, 1, *hit) for hit in terms_in_name(path.stem))
        yield from (Hit(name, *hit) for hit in terms_in_python(text))
    else:
        yield from (Hit(name, *hit) for hit in terms_in_prose(text, 1))


def terms_in_prose(text: str, line: int) -> Iterator[tuple[int, str, str]]:
    """Yield the line, the term and the text of each forbidden term in sentences."""
    for start, term, match in _PROSE.terms(text):
        yield line + text.count("\n", 0, start), term, match


@cache
def terms_in_name(identifier: str) -> tuple[tuple[str, str], ...]:
    """Return each forbidden term of an identifier, with the identifier."""
    words = _CAPITALS.sub(" ", identifier).replace("_", " ").strip()
    terms = [term for _, term, _ in _NAMES.terms(words)]
    terms += [term for _, term, _ in _WHOLE_NAMES.terms(identifier)]
    return tuple((term, identifier) for term in terms)


def terms_in_python(source: str) -> Iterator[tuple[int, str, str]]:
    """Yield the forbidden terms of a module: comments, strings, and the names that it defines."""
    # Parsing is slow, and most modules have none of the terms anywhere.
    prose = next(_PROSE.terms(source), None) is not None
    if not prose and not any(map(terms_in_name, set(_IDENTIFIER.findall(source)))):
        return
    if _may_have_terms_in_comments(source):
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield from terms_in_prose(token.string, token.start[0])
    for node in _nodes(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from terms_in_prose(node.value, node.lineno)
        identifier = _defined_name(node)
        if identifier is not None:
            line: int = node.lineno  # type: ignore[attr-defined]
            yield from ((line, *hit) for hit in terms_in_name(identifier))


def _may_have_terms_in_comments(source: str) -> bool:
    """Return whether a term stands after a # in any line; reading the tokens is expensive."""
    lines = (line.partition("#")[2] for line in source.splitlines())
    return any(rest and next(_PROSE.terms(rest), None) for rest in lines)


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes of a tree in any order, in half the time of `ast.walk`."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                pending += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                pending.append(value)


_NAME_FIELDS: dict[type[ast.AST], str] = {
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
    ast.ClassDef: "name",
    ast.arg: "arg",
    ast.Name: "id",
    ast.Attribute: "attr",
}
"""The field with the name, by the type of a node that may define one."""


def _defined_name(node: ast.AST) -> str | None:
    field = _NAME_FIELDS.get(type(node))
    if field is None or not isinstance(getattr(node, "ctx", _STORE), ast.Store):
        return None
    name: str = getattr(node, field)
    return name


_STORE = ast.Store()


def counts() -> Counter[tuple[str, str]]:
    """Count what is found by file and term."""
    return Counter((hit.path, hit.term) for hit in hits())


def exceptions() -> dict[tuple[str, str], int]:
    """Read the list of exceptions: `path: term count`, one a line."""
    listed = {}
    for line in EXCEPTIONS.read_text(encoding="utf-8").splitlines():
        path, rest = line.split(": ", 1)
        term, count = rest.rsplit(" ", 1)
        listed[path, term] = int(count)
    return listed


def main(arguments: list[str], write: Callable[[str], object] = print) -> None:
    """Print what is found, or with `--update` lower the counts of the list to it.

    No count is raised: after a file was moved, move its lines of the list by hand.
    """
    if arguments == ["--update"]:
        actual, listed = counts(), exceptions()
        lower = {key: min(actual[key], count) for key, count in listed.items() if actual[key]}
        lines = sorted(f"{path}: {term} {count}\n" for (path, term), count in lower.items())
        EXCEPTIONS.write_text("".join(lines), encoding="utf-8")
        return
    for hit in hits():
        if not arguments or hit.path.startswith(tuple(arguments)):
            write(f"{hit.path}:{hit.line}: {hit.term}: {hit.text}")


if __name__ == "__main__":
    main(sys.argv[1:])
