"""Mappings of JSON bodies, built from the parsed file."""

from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import Findings
from gateway.core.plan.json_mapping import Condition, JsonMapping, MappedValue, StatusRule
from gateway.core.text.json_path import JsonText, parse_json_text


def json_mapping(entry: ParsedSection, findings: Findings) -> JsonMapping:
    """Return the mapping of a source."""
    labels = {name: _value(item) for name, item in entry.map_of("labels").items()}
    if "alertname" not in labels and entry.valid:
        message = 'labels: "alertname" is missing: it names the alert in every message'
        if entry.lacks("labels"):
            message = 'mapping: "labels" is missing'
        findings.error(entry.position_of("labels"), message)
    return JsonMapping(
        labels=labels,
        annotations={name: _value(item) for name, item in entry.map_of("annotations").items()},
        alerts=entry.get("alerts"),
        when=_conditions(entry, findings),
        status=_status(entry.get("status")),
        url=_optional(entry, "url"),
        starts_at=_optional(entry, "starts_at"),
        ends_at=_optional(entry, "ends_at"),
        identity=_optional(entry, "identity"),
    )


def _optional(entry: ParsedSection, key: str) -> MappedValue | None:
    return _value(entry.fields[key]) if key in entry else None


def _value(item: ParsedValue) -> MappedValue:
    if isinstance(item.value, JsonText):
        return MappedValue(item.value)
    section: ParsedSection = item.value
    exchanged = {key.casefold(): one.value for key, one in section.map_of("map").items()}
    text = section.get("value", JsonText(()))
    return MappedValue(text, exchanged, section.get("default"))


def _status(section: ParsedSection | None) -> StatusRule | None:
    if section is None:
        return None
    return StatusRule(
        section.get("value", JsonText(())),
        _words(section, "firing"),
        _words(section, "resolved"),
        _words(section, "ignored"),
    )


def _words(section: ParsedSection, key: str) -> frozenset[str]:
    return frozenset(item.value.casefold() for item in section.list_of(key))


def _conditions(entry: ParsedSection, findings: Findings) -> tuple[Condition, ...]:
    conditions = []
    for path, item in entry.map_of("when").items():
        try:
            text = parse_json_text(f"{{{{ {path} }}}}")
        except ValueError as fault:
            findings.error(item.position, f"when: {fault}")
            continue
        values = frozenset(one.value.casefold() for one in item.value)
        conditions.append(Condition(text, values))
    return tuple(conditions)
