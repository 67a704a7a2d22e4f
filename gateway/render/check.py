"""Checking templates before they are needed: `gateway check` and every reload do this."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import TemplateError, meta, nodes

from gateway.core.notice import Kind
from gateway.render.confined import Confined
from gateway.render.failure import TemplateFailure, failure_of
from gateway.render.lookup import PARTS, SENTENCES, SUFFIX
from gateway.render.samples import LINKS, Sample, samples
from gateway.render.sandbox import Words
from gateway.render.view import NAMES, TARGET_NAMES
from gateway.render.words import Renderer

if TYPE_CHECKING:
    from gateway.render.wire import Answer

SHARED = "shared/"
_ALWAYS = {"loop", "self", "super", "caller", "varargs", "kwargs"}
KINDS = frozenset(kind.value for kind in Kind)


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """What is wrong with a template. A warning is odd, but no message will suffer from it."""

    file: str
    line: int | None
    message: str
    warning: bool = False

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {'warning: ' if self.warning else ''}{self.message}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking one item found, and which templates the item uses by name."""

    problems: tuple[TemplateProblem, ...]
    used: frozenset[str] = frozenset()

    def to_json(self) -> "Answer":
        """Return it as the render process answers it."""
        return {
            "problems": [[p.file, p.line, p.message, p.warning] for p in self.problems],
            "used": sorted(self.used),
        }


Item = tuple[str, ...]
"""What is checked in one step: ("file", its name) or ("sample", name, channel, part)."""


def check_templates(confined: Confined) -> list[TemplateProblem]:
    """Every problem found: files that do not compile, unknown names, samples that fail, lost files.

    All templates are rendered for all samples. In the admin's own, names are also looked for where
    no sample leads. A template that runs without end is stopped, and that is its problem.
    """
    renderer = confined.renderer
    found: dict[tuple[object, ...], TemplateProblem] = {}
    used: set[str] = set()
    for path in renderer.lookup.irregular():
        irregular = TemplateProblem(str(path), None, "not a regular file, so it is no template")
        found[irregular.file, None, irregular.message] = irregular
    for item in _items(renderer):
        checked = _check(confined, item)
        used |= checked.used
        for problem in checked.problems:
            # One is found many times: once for each sample. The first, static one says most.
            key = (problem.file, problem.line, problem.message.split(" (")[0])
            found.setdefault(key, problem)
    for name in _own(renderer):
        if not _asked_for(name) and name not in used:
            lost = TemplateProblem(_file(renderer, name), None, _lost(name), warning=True)
            found.setdefault((lost.file, None, lost.message), lost)
    return sorted(
        found.values(), key=lambda problem: (problem.warning, problem.file, problem.line or 0)
    )


def check_item(renderer: Renderer, item: Item) -> Checked:
    """Check one item. Runs the templates, so only where they can be stopped."""
    if item[0] == "file":
        return _static(renderer, item[1])
    _, name, channel, part = item
    sample = _samples()[name]
    problems = tuple(_rendered(renderer, sample, channel, part))
    return Checked(problems)


def _check(confined: Confined, item: Item) -> Checked:
    if not confined.own:
        return check_item(confined.renderer, item)
    answer = confined.ask("check", item)
    failure = confined.failure_in(answer)
    if failure is not None:
        sample = item[1] if item[0] == "sample" else None
        return Checked((_problem(confined.renderer, failure, sample),))
    problems = tuple(TemplateProblem(*each) for each in answer["problems"])
    return Checked(problems, frozenset(answer["used"]))


def _items(renderer: Renderer) -> Iterator[Item]:
    for name in _own(renderer):
        yield "file", name
    for name in _samples():
        for channel, parts in PARTS.items():
            for part in parts:
                yield "sample", name, channel, part


def _own(renderer: Renderer) -> list[str]:
    return [name for name in renderer.lookup.files() if not renderer.lookup.is_shipped(name)]


@cache
def _samples() -> Mapping[str, Sample]:
    return {sample.name: sample for sample in samples()}


def _static(renderer: Renderer, name: str) -> Checked:
    words = _words(renderer, name)
    try:
        if renderer.begins is not None:
            renderer.begins(name)
        source, _, _ = renderer.lookup.loader.get_source(words, name)
        tree = words.parse(source, name)
        # Some mistakes, an unknown filter among them, show only in compilation.
        renderer.template(name, words)
        used = frozenset(other for other in meta.find_referenced_templates(tree) if other)
        return Checked(tuple(_unknown_names(renderer, words, name, tree)), used)
    except (TemplateFailure, TemplateError, OSError, ValueError, RecursionError) as error:
        return Checked((_problem(renderer, failure_of(name, None, error)),))


def _unknown_names(
    renderer: Renderer, words: Words, name: str, tree: nodes.Template
) -> Iterator[TemplateProblem]:
    if not _asked_for(name):
        return  # included by others, which may set more names for it
    known = set(NAMES) - (TARGET_NAMES if name.startswith(SHARED) else set())
    uses = list(tree.find_all(nodes.Name))
    # What the template sets anywhere counts as known: whether it is set in time, samples show.
    known |= {use.name for use in uses if use.ctx != "load"} | set(words.globals) | _ALWAYS
    known |= {macro.name for macro in tree.find_all(nodes.Macro)}
    known |= {each.target for each in tree.find_all(nodes.Import)}
    for each in tree.find_all(nodes.FromImport):
        known |= {pair[-1] if isinstance(pair, tuple) else pair for pair in each.names}
    unknown_uses = {use.name: use.lineno for use in reversed(uses) if use.name not in known}
    for unknown, line in unknown_uses.items():
        near = _nearest(unknown, known)
        hint = f" (did you mean {near!r}?)" if near else ""
        yield TemplateProblem(_file(renderer, name), line, f"{unknown!r} is undefined{hint}")


def _rendered(
    renderer: Renderer, sample: Sample, channel: str, part: str
) -> Iterator[TemplateProblem]:
    target = sample.target(channel)
    names = renderer.names(sample.facts, target, LINKS, "UTC", sample.kind, sample.reason)
    failed = names.get("failed")
    if failed is not None:
        yield _problem(renderer, failed, sample.name)
    template = renderer.lookup.name_of(channel, part, sample.kind)
    try:
        renderer.render_template(template, renderer.words_for(channel, part), names)
    except TemplateFailure as failure:
        yield _problem(renderer, failure, sample.name)


def _problem(
    renderer: Renderer, failure: TemplateFailure, sample: str | None = None
) -> TemplateProblem:
    text = failure.problem
    if sample is not None:
        text += f" (in the sample {sample!r}: the message would fall back to plain words)"
    return TemplateProblem(_file(renderer, failure.template), failure.line, text)


def _asked_for(name: str) -> bool:
    folder, _, file = name.partition("/")
    stem = file.removesuffix(SUFFIX)
    if folder == "shared":
        return stem in SENTENCES
    part, _, kind = stem.partition(".")
    return part in PARTS.get(folder, ()) and (not kind or kind in KINDS)


def _lost(name: str) -> str:
    folder, _, file = name.partition("/")
    parts = PARTS.get(folder)
    if folder == "shared":
        return f"no template includes {name}; the sentences are {', '.join(SENTENCES)}"
    if parts is None:
        return f"nothing uses {name}: the folders are {', '.join((*PARTS, 'shared'))}"
    near = _nearest(file.split(".")[0], parts)
    hint = f" (did you mean {near}{SUFFIX}?)" if near else ""
    return f"nothing uses {name}{hint}: the parts of {folder} are {', '.join(parts)}"


def _nearest(name: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # only a mistake pays for its import

    return next(iter(get_close_matches(name, known, 1)), None)


def _words(renderer: Renderer, name: str) -> Words:
    folder, _, file = name.partition("/")
    return renderer.words_for(folder, file.partition(".")[0])


def _file(renderer: Renderer, name: str) -> str:
    return str(renderer.lookup.path_of(name) or name)
