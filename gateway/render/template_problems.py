"""Problems of one template, or of one sample message."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import TemplateError, meta, nodes

from gateway.core.incidents.notice import NoticeKind
from gateway.render.jinja.failure import TemplateRenderError, failure_of
from gateway.render.jinja.lookup import PARTS, SENTENCES, SHIFT, SUFFIX
from gateway.render.jinja.sandbox import TemplateEnvironment
from gateway.render.renderer import Renderer
from gateway.render.request import RenderRequest
from gateway.render.samples import Sample, samples
from gateway.render.view.view import NAMES, TARGET_NAMES

SHARED = "shared/"
_ALWAYS = {"loop", "self", "super", "caller", "varargs", "kwargs"}
KINDS = frozenset({SHIFT, *(kind.value for kind in NoticeKind)})


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """What is wrong with a template. A warning affects no message."""

    file: str
    line: int | None
    message: str
    warning: bool = False

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {'warning: ' if self.warning else ''}{self.message}"


@dataclass(frozen=True, slots=True)
class Checked:
    """The problems of one item, and the templates that it uses by name."""

    problems: tuple[TemplateProblem, ...]
    used: frozenset[str] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """Return it as the render process answers it."""
        return {
            "problems": [[p.file, p.line, p.message, p.warning] for p in self.problems],
            "used": sorted(self.used),
        }


Item = tuple[str, ...]
"""What is checked in one step: ("file", its name) or ("sample", name, channel, part)."""


def check_item(renderer: Renderer, item: Item) -> Checked:
    """Check one item. Runs the templates, so only where they can be stopped."""
    if item[0] == "file":
        return _static(renderer, item[1])
    _, name, channel, part = item
    sample = all_samples()[name]
    problems = tuple(_rendered(renderer, sample, channel, part))
    return Checked(problems)


@cache
def all_samples() -> Mapping[str, Sample]:
    """Return the sample messages by name."""
    return {sample.name: sample for sample in samples()}


def _static(renderer: Renderer, name: str) -> Checked:
    environment = _environment(renderer, name)
    try:
        if renderer.on_template_start is not None:
            renderer.on_template_start(name)
        source, _, _ = renderer.lookup.loader.get_source(environment, name)
        tree = environment.parse(source, name)
        # Some mistakes, an unknown filter among them, show only in compilation.
        renderer.template(name, environment)
        used = frozenset(other for other in meta.find_referenced_templates(tree) if other)
        return Checked(tuple(_unknown_names(renderer, environment, name, tree)), used)
    except (TemplateRenderError, TemplateError, OSError, ValueError, RecursionError) as error:
        return Checked((problem_of(renderer, failure_of(name, None, error)),))


def _unknown_names(
    renderer: Renderer, environment: TemplateEnvironment, name: str, tree: nodes.Template
) -> Iterator[TemplateProblem]:
    if not is_used(name):
        return  # included by other templates, which may set more names
    known = set(NAMES) - (TARGET_NAMES if name.startswith(SHARED) else set())
    uses = list(tree.find_all(nodes.Name))
    # Names that the template sets anywhere count as known; samples show if they are set in time.
    known |= {use.name for use in uses if use.ctx != "load"} | set(environment.globals) | _ALWAYS
    known |= {macro.name for macro in tree.find_all(nodes.Macro)}
    known |= {each.target for each in tree.find_all(nodes.Import)}
    for each in tree.find_all(nodes.FromImport):
        known |= {pair[-1] if isinstance(pair, tuple) else pair for pair in each.names}
    unknown_uses = {use.name: use.lineno for use in reversed(uses) if use.name not in known}
    for unknown, line in unknown_uses.items():
        near = nearest(unknown, known)
        hint = f" (did you mean {near!r}?)" if near else ""
        yield TemplateProblem(file_of(renderer, name), line, f"{unknown!r} is undefined{hint}")


def _rendered(
    renderer: Renderer, sample: Sample, channel: str, part: str
) -> Iterator[TemplateProblem]:
    target = sample.target(channel)
    request = RenderRequest(
        0, sample.facts, target, (part,), sample.links, kind=sample.kind, reason=sample.reason
    )
    names = renderer.names(request)
    failed = names.get("failed")
    if failed is not None:
        yield problem_of(renderer, failed, sample.name)
    template = renderer.lookup.name_of(channel, part, sample.kind)
    try:
        renderer.render_template(template, renderer.environment_for(channel, part), names)
    except TemplateRenderError as failure:
        yield problem_of(renderer, failure, sample.name)


def problem_of(
    renderer: Renderer, failure: TemplateRenderError, sample: str | None = None
) -> TemplateProblem:
    """Return a failure as a problem, with the name of its sample if it has one."""
    text = failure.problem
    if sample is not None:
        text += f" (in the sample {sample!r}: the message would fall back to plain text)"
    return TemplateProblem(file_of(renderer, failure.template), failure.line, text)


def is_used(name: str) -> bool:
    """Return whether messages use a template of this name directly."""
    folder, _, file = name.partition("/")
    stem = file.removesuffix(SUFFIX)
    if folder == "shared":
        return stem in SENTENCES
    part, _, kind = stem.partition(".")
    return part in PARTS.get(folder, ()) and (not kind or kind in KINDS)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most similar to `name`, or None."""
    from difflib import get_close_matches  # imported only for a mistake

    return next(iter(get_close_matches(name, known, 1)), None)


def _environment(renderer: Renderer, name: str) -> TemplateEnvironment:
    folder, _, file = name.partition("/")
    return renderer.environment_for(folder, file.partition(".")[0])


def file_of(renderer: Renderer, name: str) -> str:
    """Return the path of a template, or its name where it has none."""
    return str(renderer.lookup.path_of(name) or name)
