"""The turns of a rota as JSON: the rotation of each layer and its anchor, without restrictions.

That is all that an edit of the rota needs of what was before it (see `anchors`).
"""

from datetime import date, datetime, time
from typing import Any

from gateway.core.oncall.event_layer import EventLayer
from gateway.core.oncall.types import Anchor, AnyLayer, Handover, Layer, Override, Rota


def turns_to_json(rota: Rota) -> dict[str, Any]:
    """Return the zone and the layers of a rota as JSON values."""
    return {"timezone": rota.zone, "layers": [_layer_to_json(layer) for layer in rota.layers]}


def turns_from_json(name: str, value: dict[str, Any]) -> Rota:
    """Return a rota with the layers' turns and anchors.

    Raises ValueError, KeyError or TypeError for anything that `turns_to_json` does not return.
    """
    layers = tuple(_layer_from_json(layer) for layer in value["layers"])
    return Rota(name, value["timezone"], layers)


def changes_to_json(rota: Rota) -> list[dict[str, Any]]:
    """Return the run-time changes of a rota as JSON values."""
    return [
        {
            "person": change.member,
            "from": change.start,
            "to": change.end,
            "replaces": change.replaces,
            "beside": change.beside,
            "id": change.id,
        }
        for change in rota.changes
    ]


def changes_from_json(value: list[dict[str, Any]]) -> tuple[Override, ...]:
    """Return the changes that `changes_to_json` wrote. Raises like `turns_from_json`."""
    return tuple(
        Override(one["person"], one["from"], one["to"], one["replaces"], one["beside"], one["id"])
        for one in value
    )


def _layer_to_json(layer: AnyLayer) -> dict[str, Any]:
    if isinstance(layer, EventLayer):
        # A calendar has no turns; its layer keeps its position among the others.
        return {"calendar": layer.calendar, "name": layer.name}
    anchor = layer.anchor
    return {
        "name": layer.name,
        "turns": [list(turn) for turn in layer.turns],
        "every": layer.every,
        "unit": layer.unit,
        "handover": layer.handover.at.isoformat(),
        "weekday": layer.handover.weekday,
        "start": layer.start.isoformat(),
        "end": None if layer.end is None else layer.end.isoformat(),
        "anchor": None
        if anchor is None
        else {
            "people": list(anchor.people),
            "since": anchor.since,
            "until": anchor.until,
            "next": anchor.index,
        },
    }


def _layer_from_json(value: dict[str, Any]) -> AnyLayer:
    if "calendar" in value:
        return EventLayer(value["calendar"], name=value["name"])
    anchor = value["anchor"]
    return Layer(
        turns=tuple(tuple(turn) for turn in value["turns"]),
        every=value["every"],
        unit=value["unit"],
        handover=Handover(time.fromisoformat(value["handover"]), value["weekday"]),
        start=_edge(value["start"]),
        end=None if value["end"] is None else _edge(value["end"]),
        name=value["name"],
        anchor=None
        if anchor is None
        else Anchor(tuple(anchor["people"]), anchor["since"], anchor["until"], anchor["next"]),
    )


def _edge(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
