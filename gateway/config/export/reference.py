"""The reference page of routes.yaml: ``python -m gateway.config.export.reference`` writes it."""

from collections.abc import Iterator
from pathlib import Path

from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.parsed import FieldType
from gateway.config.grammar.root import FILE
from gateway.config.grammar.sections import Field, Recursive, Section, SectionOrList, TextOrSection

SHIPPED = Path(__file__).parents[3] / "docs" / "routes-yaml.md"

_COLUMNS = "| key | value | default | meaning | example |"
_HEAD = """\
# routes.yaml

Who is notified of which alerts, and when. This page is generated from the grammar that `gateway
check` uses, so every key is here. `docs/routes.schema.json` gives the same to editors.

- **Values** are taken as they are written: `no`, `010` and `12:30` are what they look like, with
  or without quotes. Quote what begins with `#`, `@`, `*`, `&` or `{`.
- **Durations** are `30s`, `5m`, `1h30m`, `2d`, `1w`, as in Prometheus.
- **References**: `${NAME}` is a variable of the environment, `${file:PATH}` the content of a
  file; both may stand inside a longer text. One that is missing is an error. `${NAME:-}` may be
  missing, `${NAME:-text}` is then the text. A plain `${` is written `$${`.
- **Secrets** belong in references. Without its token a channel shows its messages on the
  console instead of sending them.
- **Anchors** (`&name`), aliases (`*name`) and merges (`<<: *name`) work as usual in YAML.
- An unknown key is an error. All errors are reported at once, with line and column.
"""


def sections(whole: Section = FILE) -> Iterator[Section]:
    """Yield all sections of a file, in the order in which a reader comes to them."""
    sections_by_name: dict[str, Section] = {}
    _collect(whole, sections_by_name)
    yield from sections_by_name.values()


def _collect(section: Section, sections_by_name: dict[str, Section]) -> None:
    if section.name in sections_by_name:
        return
    sections_by_name[section.name] = section
    for field in section.fields:
        for inner in _inside(field.field_type):
            _collect(inner, sections_by_name)


def _inside(field_type: FieldType) -> tuple[Section, ...]:
    """Return the sections that a value of this kind is made of."""
    if isinstance(field_type, Section):
        return (field_type,)
    if isinstance(field_type, Recursive | SectionOrList):
        return _inside(
            field_type.section() if isinstance(field_type, Recursive) else field_type.section
        )
    if isinstance(field_type, TextOrSection):
        return (field_type.section,)
    if isinstance(field_type, ListOf | MapOf):
        return _inside(field_type.member)
    parts: tuple[FieldType, ...] = getattr(field_type, "parts", ())  # of a type with alternatives
    return tuple(section for part in parts for section in _inside(part))


def page() -> str:
    """Return the page as it is shipped."""
    return reference_page(_HEAD, FILE)


def reference_page(head: str, whole: Section) -> str:
    """Return the page of a file's grammar: what `head` says, then every section."""
    return "\n".join([head, *(_section(section) for section in sections(whole))])


def _section(section: Section) -> str:
    lines = [f"## {section.name}", "", section.meaning, ""]
    if section.fields:
        lines += [
            "| key | value | default | meaning | example |",
            "| --- | --- | --- | --- | --- |",
        ]
        lines += [_row(field) for field in section.fields]
        lines.append("")
    return "\n".join(lines)


def _row(field: Field) -> str:
    default = "**required**" if field.required else field.default
    example = f"`{field.name}: {field.example}`" if field.example else ""
    cells = (f"`{field.name}`", _value(field.field_type), default, field.meaning, example)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _value(field_type: FieldType) -> str:
    type_name = field_type.type_name
    for section in _inside(field_type):
        anchor = section.name.replace(" ", "-").replace(".", "")
        type_name = type_name.replace(section.name, f"[{section.name}](#{anchor})", 1)
    return type_name


if __name__ == "__main__":
    SHIPPED.parent.mkdir(exist_ok=True)
    SHIPPED.write_text(page(), encoding="utf-8")
