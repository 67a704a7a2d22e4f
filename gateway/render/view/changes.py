"""What templates see of the changes before an incident, such as deployments."""

from collections.abc import Mapping
from typing import Any

from gateway.core.text.escape import one_line, safe_url
from gateway.render.view.clean import clean
from gateway.render.view.numbers import number
from gateway.render.view.times import duration

CHANGE_NAMES: Mapping[str, str] = {
    "changes": "the changes before the incident, the latest first: at, title, url, before (seconds "
    "from the change to the start; below zero where it came later), text (Change 4 min before)",
}
"""The names, with what each is."""


def changes_view(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return these names; facts of another release may lack them."""
    since, changes = number(facts.get("since")) or 0.0, facts.get("changes")
    if not isinstance(changes, list | tuple):
        changes = ()
    return {
        "changes": tuple(
            {
                "at": at,
                "title": one_line(clean(one.get("title")), 200),
                "url": safe_url(str(one.get("url") or "")) or "",
                "before": since - at,
                "text": change_before(since - at),
            }
            for one in changes
            if isinstance(one, Mapping) and (at := number(one.get("at"))) is not None
        )
    }


def change_before(seconds: float) -> str:
    """Return how long before the start of an incident a change was, such as "Change 4 min before".

    `seconds` below zero: it came after the start.
    """
    return f"Change {duration(abs(seconds))} {'before' if seconds >= 0 else 'after its start'}"
