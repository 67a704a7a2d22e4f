"""The check of all templates, for `gateway check`."""

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
    """Return all problems, from syntax errors to unused files.

    All templates are rendered for all samples. In the admin's own, names are also checked in
    branches that no sample reaches. A template that does not end is stopped and reported.
    """
    renderer = forked.renderer
    by_key: dict[tuple[object, ...], TemplateProblem] = {}
    used: set[str] = set()
    for path in renderer.lookup.irregular():
        irregular = TemplateProblem(str(path), None, "not a regular file, so it is no template")
        by_key[irregular.file, None, irregular.message] = irregular
    for item in _items(renderer):
        checked = _check(forked, item)
        used |= checked.used
        for problem in checked.problems:
            # Each sample repeats the same problem. The first, static one has the most detail.
            key = (problem.file, problem.line, problem.message.split(" (")[0])
            by_key.setdefault(key, problem)
    for name in _own(renderer):
        if not is_used(name) and name not in used:
            unused = TemplateProblem(file_of(renderer, name), None, _unused(name), warning=True)
            by_key.setdefault((unused.file, None, unused.message), unused)
    return sorted(
        by_key.values(), key=lambda problem: (problem.warning, problem.file, problem.line or 0)
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


def _unused(name: str) -> str:
    folder, _, file = name.partition("/")
    parts = PARTS.get(folder)
    if folder == "shared":
        return f"no template includes {name}; the sentences are {', '.join(SENTENCES)}"
    if parts is None:
        return f"nothing uses {name}: the folders are {', '.join((*PARTS, 'shared'))}"
    near = nearest(file.split(".")[0], parts)
    hint = f" (did you mean {near}{SUFFIX}?)" if near else ""
    return f"nothing uses {name}{hint}: the parts of {folder} are {', '.join(parts)}"
