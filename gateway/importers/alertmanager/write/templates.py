"""Templates in a receiver. The gateway has one for each channel, not receiver."""

from collections.abc import Iterable, Iterator, Mapping

from gateway.config.grammar.parsed import ParsedSection
from gateway.importers.alertmanager.read.gotemplate import in_jinja, is_default
from gateway.importers.alertmanager.read.rules import join_keys
from gateway.importers.alertmanager.write.notes import Notes
from gateway.importers.emit import Remark


def template_remarks(
    entry: ParsedSection, files: Mapping[str, str], notes: Notes
) -> Iterator[Remark]:
    """Note for each key with its own text how that is translated.

    `files` are the gateway's templates by these keys.
    """
    for key, file in files.items():
        if key in entry:
            yield from template_remark(key, entry.get(key), entry, key, file, notes)


def template_remark(
    label: str, text: str, entry: ParsedSection, key: str, file: str, notes: Notes
) -> Iterator[Remark]:
    """Note how one text is translated; nothing where it is Alertmanager's own."""
    if is_default(text):
        return
    position = entry.position_of(key)
    origin = f"{label}: the text is that of templates/{file}"
    jinja = in_jinja(text) if text else None
    if jinja is not None:
        yield notes.add_difference(position, f"{origin}; put there, this would replace it:", jinja)
    elif text:
        yield notes.add_lost(position, f"{origin}; this Go template does more than name fields")
    else:
        yield notes.add_difference(position, f"{origin}; here it is omitted")


def unused_remark(
    entry: ParsedSection, keys: Iterable[str], reason: str, notes: Notes
) -> Iterator[Remark]:
    """Note once that several keys have no counterpart."""
    present_keys = [key for key in keys if key in entry and entry.get(key) not in ("", False)]
    if present_keys:
        yield notes.add_lost(
            entry.position_of(present_keys[0]), f"{join_keys(present_keys)}: {reason}"
        )
