"""What the tests of words share: a renderer, and messages of samples."""

from collections.abc import Mapping
from pathlib import Path

from gateway import clock
from gateway.core.incidents.message import Message
from gateway.render.check import check_templates
from gateway.render.jinja.cache import Compiled
from gateway.render.jinja.lookup import PARTS
from gateway.render.renderer import Renderer
from gateway.render.samples import GATEWAY, LINKS, Sample
from gateway.render.template_problems import TemplateProblem
from gateway.render.worker.forked import ForkedRenderer

ZONE = "Europe/Berlin"
SHIPPED = Renderer([], GATEWAY)
_COMPILED = Compiled(None)  # in memory: hundreds of tests need the shipped templates


def message_of(sample: Sample, channel: str, renderer: Renderer = SHIPPED) -> Message:
    """The sample in words for one channel."""
    return renderer.render(
        7,
        sample.facts,
        sample.target(channel),
        PARTS[channel],
        LINKS,
        ZONE,
        kind=sample.kind,
        reason=sample.reason,
    )


def renderer_with(folder: Path, files: Mapping[str, str]) -> Renderer:
    """A renderer with an admin's folder in which these files stand."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Renderer([folder], GATEWAY, _COMPILED)


def problems_of(renderer: Renderer) -> list[TemplateProblem]:
    """What `gateway check` finds in the renderer's templates."""
    with ForkedRenderer(renderer, clock.monotonic) as forked:
        return check_templates(forked)


def children(of: int | str = "self") -> set[int]:
    """The child processes of a process, of all its threads, zombies included."""
    lists = [file.read_text() for file in Path(f"/proc/{of}/task").glob("*/children")]
    return {int(pid) for text in lists for pid in text.split()}
