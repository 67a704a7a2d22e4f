"""`route`, `inhibit_rules` and `time_intervals` of the new file."""

from collections.abc import Iterable, Mapping, Sequence

from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.core.routing.mutes import TimeInterval
from gateway.core.time.interval import Ranges
from gateway.importers.alertmanager.read.intervals import LOCAL, NEVER
from gateway.importers.alertmanager.read.routing import ALL_LABELS, Inhibition
from gateway.importers.alertmanager.write.notes import Notes
from gateway.importers.emit import Block, Items, Remark, Value, escape_references

_BOUNDS = {"months": (1, 12), "years": (1, 9999)}
"""The bounds of the calendar; Alertmanager accepts any number."""


def route(entry: ParsedSection, notes: Notes, *, grouped: bool = False) -> Block:
    """Return a route and those below it; `grouped` says that its parent groups."""
    block = Block()
    below = bool(entry.list_of("group_by")) if "group_by" in entry else grouped
    for key, item in entry.fields.items():
        if key == "routes":
            block.add(key, Items([route(one.value, notes, grouped=below) for one in item.value]))
        elif key == "group_by":
            block.add(key, _group_by(item))
            if grouped and not item.value:
                message = "group_by: [] is one group for all, as in Alertmanager since 0.31; an "
                message += "older one takes its parent's instead"
                block.entries.append(notes.add_difference(item.position, message))
        elif key == "labels":
            block.add(key, _texts(item))
            if any("{{" in one.value for one in item.value.values()):
                message = "labels: templates in them are not filled in"
                block.entries.append(notes.add_lost(item.position, message))
        elif key != "receiver" or item.value:
            block.add(key, _as_written(item))
    return block


def _group_by(item: ParsedValue) -> Items:
    names = [one.value for one in item.value]
    return Items([ALL_LABELS] if ALL_LABELS in names else [*map(escape_references, names)])


def _as_written(item: ParsedValue) -> Value:
    """Return lists, mappings, flags and texts as the file has them."""
    if isinstance(item.value, bool):
        return item.value
    if isinstance(item.value, dict):
        return _texts(item)
    if isinstance(item.value, tuple):
        return Items([escape_references(one.raw) for one in item.value if one.raw])
    return escape_references(item.raw)


def _texts(item: ParsedValue) -> Block:
    return Block([(name, escape_references(one.value)) for name, one in item.value.items()])


def inhibit_rules(rules: Iterable[Inhibition], notes: Notes) -> Items:
    """Return the rules; one that needs several sources at once is only noted."""
    items = Items()
    for inhibition in rules:
        entry = inhibition.entry
        if inhibition.rule is None:
            message = "inhibit rule omitted: it needs several sources at once, a rule here has one"
            items.items.append(notes.add_lost(entry.position, message))
            continue
        block = Block()
        for key, item in entry.fields.items():
            if key == "sources":
                for one in item.value:
                    for inner, name in (("matchers", "source_matchers"), ("equal", "equal")):
                        if inner in one.value:
                            block.add(name, _as_written(one.value.fields[inner]))
            elif key != "name" or item.value:
                block.add(key, _as_written(item))
        items.items.append(block)
    return items


def time_intervals(
    entries: Iterable[ParsedValue], read: Mapping[str, Sequence[TimeInterval]], notes: Notes
) -> Items:
    """Return the named intervals; one that never matches is only noted."""
    items = Items()
    for item in entries:
        entry: ParsedSection = item.value
        parts = Items()
        for one, interval in zip(
            entry.list_of("time_intervals"), read[entry.get("name")], strict=True
        ):
            parts.items.append(_interval(one.value, interval, notes))
        interval_block: Block = Block([("name", escape_references(entry.get("name")))])
        if "time_intervals" in entry:
            interval_block.add("time_intervals", parts)
        items.items.append(interval_block)
    return items


def _interval(entry: ParsedSection, interval: TimeInterval, notes: Notes) -> Block | Remark:
    block = Block()
    for key, item in entry.fields.items():
        if key == "location":
            if item.value == LOCAL:
                meaning = "the time zone of the host that Alertmanager runs on"
                name = "ALERTMANAGER_TIMEZONE"
                block.add(key, notes.variable(name, meaning, item.position, "UTC"))
            elif item.value:
                block.add(key, escape_references(item.value))
            continue
        ranges: Ranges = getattr(interval, key)
        valid_ranges = _within(key, ranges)
        if not valid_ranges or ranges == NEVER:
            message = f"omitted: it never matches, because its {key} hold nothing"
            return notes.add_difference(item.position, message)
        if key == "times":
            block.add(key, Items([_texts_of(one.value) for one in item.value]))
        elif valid_ranges == ranges and not any("+" in one.raw for one in item.value):
            block.add(key, Items([escape_references(one.raw) for one in item.value]))
        else:
            if valid_ranges != ranges:
                message = f"{key}: cut to what the calendar has"
                block.entries.append(notes.add_difference(item.position, message))
            pairs = [
                str(first) if first == last else f"{first}:{last}" for first, last in valid_ranges
            ]
            block.add(key, Items([*pairs]))
    return block


def _texts_of(entry: ParsedSection) -> Block:
    return Block([(name, escape_references(item.raw)) for name, item in entry.fields.items()])


def _within(key: str, ranges: Ranges) -> Ranges:
    if key not in _BOUNDS:
        return ranges
    least, most = _BOUNDS[key]
    cut = ((max(first, least), min(last, most)) for first, last in ranges)
    return tuple((first, last) for first, last in cut if first <= last)
