"""What the tests of words share: a renderer, and messages of samples."""

from collections.abc import Mapping
from pathlib import Path

from gateway.core.message import Message
from gateway.render.lookup import PARTS
from gateway.render.samples import GATEWAY, LINKS, Sample
from gateway.render.words import Renderer

ZONE = "Europe/Berlin"
SHIPPED = Renderer([], GATEWAY)


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
    return Renderer([folder], GATEWAY)
