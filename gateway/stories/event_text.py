"""The events of a story in words, for its timeline."""

from gateway.core.matching.text import write_labels, write_matchers
from gateway.core.time.timestamps import format_duration
from gateway.stories.story import (
    Acts,
    Event,
    Fails,
    Fires,
    Overrides,
    Reloads,
    Resolves,
    Silences,
    Works,
)


def event_text(event: Event) -> str:
    """Return what happens, in one line."""
    if isinstance(event, Fires):
        return "fires: " + "; ".join(write_labels(one.labels) for one in event.alerts)
    if isinstance(event, Resolves):
        return "resolves: " + "; ".join(write_labels(labels) for labels in event.alerts)
    if isinstance(event, Acts):
        to = f" to {event.to}" if event.to else ""
        return f"{event.by}: {event.action}{to}"
    if isinstance(event, Silences):
        span = format_duration(event.seconds)
        return f"{event.by} silences {write_matchers(event.matchers)} for {span}"
    if isinstance(event, Overrides):
        return f"{event.by} changes {event.rota or 'every rota'}: {_override(event)}"
    if isinstance(event, Fails):
        return "; ".join(f"{name} fails: {one.value}" for name, one in event.accounts.items())
    if isinstance(event, Works):
        return f"{', '.join(event.accounts)} works again"
    assert isinstance(event, Reloads)
    return f"reload: {event.path}"


def _override(event: Overrides) -> str:
    span = format_duration(event.seconds)
    who = f"{event.person} is on call" if event.person else "nobody else"
    instead = f" instead of {event.replaces}" if event.replaces else ""
    return f"{who}{instead} for {span}"
