"""Translation to Jinja of Go templates that do no more than name fields.

Alertmanager's names are those of its notification template reference (`template.Data`), ours those
of docs/templates.md.
"""

import re

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_DEFAULT = re.compile(r'\s*\{\{-?\s*template\s+"\w+\.default\.\w+"\s+\.\s*-?\}\}\s*')
_MAPS = {
    "GroupLabels": "group_labels",
    "CommonLabels": "labels",
    "CommonAnnotations": "annotations",
}
_FIELDS = {"Status": "status", "Receiver": "receiver", "ExternalURL": "external_url"}
_COUNTS = {"Alerts.Firing": "firing", "Alerts.Resolved": "resolved"}
_FILTERS = {"toUpper": "upper", "toLower": "lower", "title": "title"}
_FIELD = re.compile(r"\.([A-Za-z]+)(?:\.([A-Za-z_][A-Za-z0-9_]*))?")
_INDEX = re.compile(r'index\s+\.([A-Za-z]+)\s+"([^"\\{}]+)"')


def is_default(text: str) -> bool:
    """Return whether the text is nothing but one of Alertmanager's own templates."""
    return _DEFAULT.fullmatch(text) is not None


def in_jinja(text: str) -> str | None:
    """Return the template in Jinja, or None when it does more than name fields."""
    position, output = 0, ""
    for action in _ACTION.finditer(text):
        words = _expression(action[1])
        if words is None or action[0].startswith("{{-") or action[0].endswith("-}}"):
            return None
        output += text[position : action.start()] + f"{{{{ {words} }}}}"
        position = action.end()
    output += text[position:]
    plain = _ACTION.sub("", text)
    if any(mark in plain for mark in ("{{", "}}", "{%", "{#")):
        return None
    return output


def _expression(text: str) -> str | None:
    head, *pipes = [part.strip() for part in text.split("|")]
    if pipes == ["len"] or head.startswith("len "):
        counted = head.removeprefix("len ").strip().removeprefix(".")
        return _COUNTS.get(counted) if pipes in (["len"], []) else None
    words = _field(head)
    for pipe in pipes:
        if words is None or pipe not in _FILTERS:
            return None
        words = f"{words}|{_FILTERS[pipe]}"
    return words


def _field(text: str) -> str | None:
    index = _INDEX.fullmatch(text)
    if index is not None and index[1] in _MAPS:
        return f'{_MAPS[index[1]]}["{index[2]}"]'
    field = _FIELD.fullmatch(text)
    if field is None:
        return None
    if field[2] is None:
        return _FIELDS.get(field[1])
    return f"{_MAPS[field[1]]}.{field[2]}" if field[1] in _MAPS else None
