"""What the tests of words share: a renderer, and messages of samples."""

from collections.abc import Mapping
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from gateway import clock
from gateway.core.incidents.message import Message
from gateway.render.check import check_templates
from gateway.render.jinja.lookup import PARTS
from gateway.render.renderer import Renderer
from gateway.render.request import RenderRequest
from gateway.render.samples import GATEWAY, Sample
from gateway.render.template_problems import TemplateProblem
from gateway.render.worker.forked import ForkedRenderer

ZONE = "Europe/Berlin"
SHIPPED = Renderer([], GATEWAY)


class SharedCode(BytecodeCache):
    """Compiled templates of one environment, in memory: hundreds of tests need the shipped ones."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_PLAIN, _HTML, _SLACK = SharedCode(), SharedCode(), SharedCode()


def message_of(sample: Sample, channel: str, renderer: Renderer = SHIPPED) -> Message:
    """The sample in words for one channel."""
    return renderer.render(request_of(sample, channel))


def request_of(sample: Sample, channel: str) -> RenderRequest:
    """Return the request to render a sample for one channel."""
    target, parts = sample.target(channel), PARTS[channel]
    return RenderRequest(
        7, sample.facts, target, parts, sample.links, ZONE, sample.kind, sample.reason
    )


def renderer_with(folder: Path, files: Mapping[str, str]) -> Renderer:
    """A renderer with an admin's folder in which these files stand."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    renderer = Renderer([folder], GATEWAY)
    renderer.plain.bytecode_cache = _PLAIN
    renderer.html.bytecode_cache = _HTML
    renderer.environment_for("slack", "text").bytecode_cache = _SLACK
    return renderer


def problems_of(renderer: Renderer) -> list[TemplateProblem]:
    """What `gateway check` finds in the renderer's templates."""
    with ForkedRenderer(renderer, clock.monotonic) as forked:
        return check_templates(forked)


def children(of: int | str = "self") -> set[int]:
    """The child processes of a process, of all its threads, zombies included."""
    lists = [file.read_text() for file in Path(f"/proc/{of}/task").glob("*/children")]
    return {int(pid) for text in lists for pid in text.split()}
