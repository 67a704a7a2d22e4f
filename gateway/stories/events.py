"""The events of a step, read from its section."""

from collections.abc import Iterator, Mapping

from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import SourcePosition
from gateway.core.actions.table import ActionName
from gateway.core.incidents.retry import Failure
from gateway.stories.grammar import ACTIONS
from gateway.stories.story import (
    Acts,
    Event,
    Fails,
    Fires,
    Labels,
    Overrides,
    Reloads,
    Resolves,
    Silences,
    StoryAlert,
    Works,
)

DEFAULT_SOURCE = "alertmanager"
DEFAULT_ACTOR = "admin"


def events_of(step: ParsedSection) -> tuple[Event, ...]:
    """Return what happens in a step, in the order in which it is done."""
    return tuple(_events(step))


def _events(step: ParsedSection) -> Iterator[Event]:
    source = step.get("source", DEFAULT_SOURCE)
    if "reload" in step:
        yield Reloads(step.get("reload"))
    if "works" in step:
        yield Works(tuple(one.value for one in step.list_of("works")))
    if "fails" in step:
        yield Fails({name: Failure(one.value) for name, one in step.map_of("fails").items()})
    if "silence" in step:
        silence: ParsedSection = step.get("silence")
        matchers = [one for item in silence.list_of("matchers") for one in item.value]
        by = silence.get("by", DEFAULT_ACTOR)
        yield Silences(tuple(matchers), silence.get("for"), by)
    if "override" in step:
        change: ParsedSection = step.get("override")
        yield Overrides(
            change.get("rota"),
            change.get("person"),
            change.get("replaces"),
            change.get("for"),
            change.get("by", DEFAULT_ACTOR),
        )
    if "fires" in step:
        yield Fires(tuple(_alert(one) for one in step.list_of("fires")), source)
    if "resolves" in step:
        alerts = tuple(_alert(one).labels for one in step.list_of("resolves"))
        yield Resolves(alerts, source)
    for name in ACTIONS:
        if name in step:
            yield _action(ActionName(name), step.get(name))


def _alert(item: ParsedValue) -> StoryAlert:
    value = item.value
    return alert_of(value) if isinstance(value, ParsedSection) else StoryAlert(texts(value), {})


def alert_of(section: ParsedSection) -> StoryAlert:
    """Return the alert of a section with labels and annotations."""
    return StoryAlert(texts(section.map_of("labels")), texts(section.map_of("annotations")))


def texts(values: Mapping[str, ParsedValue]) -> Labels:
    """Return the texts of a mapping of labels."""
    return {name: str(value.value) for name, value in values.items()}


def _action(name: ActionName, value: "str | ParsedSection") -> Acts:
    if not isinstance(value, ParsedSection):
        return Acts(name, value)
    return Acts(
        name,
        value.get("by", ""),
        _labels(value, "incident"),
        _labels(value, "other"),
        value.get("to", ""),
        tuple(one.value for one in value.list_of("notify")),
        value.get("team", ""),
        value.get("for"),
        value.get("text", ""),
        refused=value.get("refused", False),
    )


def _labels(section: ParsedSection, key: str) -> Labels | None:
    return texts(section.map_of(key)) if key in section else None


def event_names(step: ParsedSection) -> Iterator[tuple[str, str, SourcePosition]]:
    """Yield the kind, the name and the position of each name that routes.yaml must have."""
    for name, item in step.map_of("fails").items():
        yield "account", name, item.position
    for item in step.list_of("works"):
        yield "account", item.value, item.position
    if "override" in step:
        change: ParsedSection = step.get("override")
        for key, kind in (("rota", "rota"), ("person", "person"), ("replaces", "person")):
            if key in change:
                yield kind, change.get(key), change.position_of(key)
    for name in ACTIONS:
        value = step.get(name)
        if isinstance(value, ParsedSection) and "to" in value:
            yield "person", value.get("to"), value.position_of("to")
