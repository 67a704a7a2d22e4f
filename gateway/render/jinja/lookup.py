"""The search for templates: the admin's folders first, then the shipped one.

A template is named ``<channel>/<part>.j2``, or ``<channel>/<part>.<kind>.j2`` for one kind of
notice. Kinds about shifts share ``<channel>/<part>.shift.j2`` where they have none of their own.
An admin's file replaces the shipped one of the same name and nothing else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    TemplateSyntaxError,
)

from gateway.core.incidents.notice import SHIFT_KINDS, NoticeKind
from gateway.core.plan.channels import CHANNELS
from gateway.shipped import shipped_templates

PARTS: Mapping[str, tuple[str, ...]] = {
    spec.name: spec.parts for spec in CHANNELS.values() if spec.parts
}
"""The parts of each channel's messages. A channel without any sends the facts themselves."""

SENTENCES = ("headline", "tag", "why", "when", "asked")
"""The sentences of ``shared/``, which all channels use by these names."""

SUFFIX = ".j2"

SHIFT = "shift"
"""What the templates of all kinds about shifts are named by."""

MAX_TEMPLATE_BYTES = 256 * 1024
"""Bytes of one template. The largest shipped one has 7,000. Higher: a large file fills memory."""


class _Folder(FileSystemLoader):
    """A folder of templates, which must be regular files: no pipes or devices."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        for folder in self.searchpath:
            file = Path(folder, template)
            if file.is_file() and file.stat().st_size > MAX_TEMPLATE_BYTES:
                raise TemplateSyntaxError(
                    f"the file is larger than {MAX_TEMPLATE_BYTES // 1024} KiB",
                    1,
                    template,
                    str(file),
                )
        return super().get_source(environment, template)


class Lookup:
    """Finds the template of a channel's part, and caches its name."""

    def __init__(self, folders: Sequence[Path]) -> None:
        shipped = shipped_templates()
        own = [folder for folder in folders if folder.resolve() != shipped.resolve()]
        self.folders = (*own, shipped)
        self.loader: BaseLoader = ChoiceLoader([_Folder(f) for f in self.folders])
        self._names: dict[tuple[str, str, str], str] = {}

    def name_of(self, channel: str, part: str, kind: NoticeKind) -> str:
        """Return the name of the template to use, which need not exist.

        Folder by folder: an admin's ``text.j2`` wins over a shipped ``text.repeat.j2``, because
        it replaces all of the part.
        """
        key = (channel, part, kind.value)
        if key not in self._names:
            general = f"{channel}/{part}{SUFFIX}"
            names = [f"{channel}/{part}.{kind.value}{SUFFIX}", general]
            if kind in SHIFT_KINDS:
                names.insert(1, f"{channel}/{part}.{SHIFT}{SUFFIX}")
            self._names[key] = next(
                (name for folder in self.folders for name in names if (folder / name).is_file()),
                general,
            )
        return self._names[key]

    def path_of(self, name: str) -> Path | None:
        """Return the file of a template, or None."""
        return next((f / name for f in self.folders if (f / name).is_file()), None)

    def is_shipped(self, name: str) -> bool:
        """Return whether the file in use is the gateway's own."""
        path = self.path_of(name)
        return path is not None and path.is_relative_to(self.folders[-1])

    def irregular(self) -> Iterator[Path]:
        """Yield entries named like templates that are not regular files."""
        for folder in self.folders[:-1]:
            yield from (one for one in sorted(folder.rglob(f"*{SUFFIX}")) if not one.is_file())

    def files(self) -> Iterator[str]:
        """Yield the names of all templates, each once."""
        seen = set()
        for folder in self.folders:
            for path in sorted(folder.rglob(f"*{SUFFIX}")):
                name = path.relative_to(folder).as_posix()
                if name not in seen:
                    seen.add(name)
                    yield name
