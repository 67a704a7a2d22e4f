"""Checking templates before they are needed: `gateway check` and every reload do this."""

from collections.abc import Iterator

from gateway.render.jinja.lookup import PARTS, SENTENCES, SUFFIX
from gateway.render.renderer import Renderer
from gateway.render.template_problems import (
    Checked,
    Item,
    TemplateProblem,
    all_samples,
    check_item,
    file_of,
    is_used,
    nearest,
    problem_of,
)
from gateway.render.worker.forked import ForkedRenderer


def check_templates(forked: ForkedRenderer) -> list[TemplateProblem]:
    """Every problem found: files that do not compile, unknown names, samples that fail, lost files.

    All templates are rendered for all samples. In the admin's own, names are also looked for where
    no sample leads. A template that runs without end is stopped, and that is its problem.
    """
    renderer = forked.renderer
    found: dict[tuple[object, ...], TemplateProblem] = {}
    used: set[str] = set()
    for path in renderer.lookup.irregular():
        irregular = TemplateProblem(str(path), None, "not a regular file, so it is no template")
        found[irregular.file, None, irregular.message] = irregular
    for item in _items(renderer):
        checked = _check(forked, item)
        used |= checked.used
        for problem in checked.problems:
            # One is found many times: once for each sample. The first, static one says most.
            key = (problem.file, problem.line, problem.message.split(" (")[0])
            found.setdefault(key, problem)
    for name in _own(renderer):
        if not is_used(name) and name not in used:
            lost = TemplateProblem(file_of(renderer, name), None, _lost(name), warning=True)
            found.setdefault((lost.file, None, lost.message), lost)
    return sorted(
        found.values(), key=lambda problem: (problem.warning, problem.file, problem.line or 0)
    )


def _check(forked: ForkedRenderer, item: Item) -> Checked:
    if not forked.own:
        return check_item(forked.renderer, item)
    answer = forked.ask("check", item)
    failure = forked.failure_in(answer)
    if failure is not None:
        sample = item[1] if item[0] == "sample" else None
        return Checked((problem_of(forked.renderer, failure, sample),))
    problems = tuple(TemplateProblem(*each) for each in answer["problems"])
    return Checked(problems, frozenset(answer["used"]))


def _items(renderer: Renderer) -> Iterator[Item]:
    for name in _own(renderer):
        yield "file", name
    for name in all_samples():
        for channel, parts in PARTS.items():
            for part in parts:
                yield "sample", name, channel, part


def _own(renderer: Renderer) -> list[str]:
    return [name for name in renderer.lookup.files() if not renderer.lookup.is_shipped(name)]


def _lost(name: str) -> str:
    folder, _, file = name.partition("/")
    parts = PARTS.get(folder)
    if folder == "shared":
        return f"no template includes {name}; the sentences are {', '.join(SENTENCES)}"
    if parts is None:
        return f"nothing uses {name}: the folders are {', '.join((*PARTS, 'shared'))}"
    near = nearest(file.split(".")[0], parts)
    hint = f" (did you mean {near}{SUFFIX}?)" if near else ""
    return f"nothing uses {name}{hint}: the parts of {folder} are {', '.join(parts)}"
