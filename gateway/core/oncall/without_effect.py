"""Parts of a rota without effect, for warnings: overrides and layers that change nothing."""

from collections.abc import Iterable
from dataclasses import replace
from math import inf
from zoneinfo import ZoneInfo

from gateway.core.oncall.event_layer import EventLayer
from gateway.core.oncall.layers import layer_end, layer_start
from gateway.core.oncall.rota import stints
from gateway.core.oncall.shifts import Origin, Shift, sweep
from gateway.core.oncall.types import LAST_INSTANT, AnyLayer, Rota
from gateway.core.time.wallclock import load_zone

_YEAR = 366 * 86400.0
_WEEK = 7 * 86400.0


def idle_overrides(rota: Rota) -> list[int]:
    """Return the indexes of overrides that change nothing, for a warning.

    Such an override replaces somebody whom the layers never put on call in its time, puts a person
    where that person is anyway, or only repeats or stands beneath another override.
    """
    indexes: list[int] = []
    for index, override in enumerate(rota.overrides):
        others = rota.overrides[:index] + rota.overrides[index + 1 :]
        without = replace(rota, overrides=others)
        span = (override.start, override.end)
        if stints(rota, *span) == stints(without, *span):
            indexes.append(index)
    return indexes


def hidden_layers(rota: Rota) -> list[int]:
    """Return the indexes of layers that never take effect, for a warning.

    A later layer applies wherever such a layer does, and no override lets it show. The time from
    its start until a year after the last layer has begun or ended is searched: restrictions repeat
    every week, and clock changes every year.
    """
    zone = load_zone(rota.zone)
    edges = [_last_edge(layer, zone) for layer in rota.layers]
    plain = Rota(rota.name, rota.zone, rota.layers)
    visible_indexes: set[int] = set()
    for override in (*rota.overrides, *rota.changes):
        if override.member is None:
            visible_indexes |= _layers_in(sweep(rota, override.start, override.end))
    indexes: list[int] = []
    for index, layer in enumerate(rota.layers[:-1]):
        if any(isinstance(one, EventLayer) for one in rota.layers[index:]):
            continue  # what a calendar will hold is not known
        start = layer_start(layer, zone)
        last = min(max(edges[index:]) + _YEAR + _WEEK, LAST_INSTANT)
        by_layer = (shift.by for shift in sweep(plain, start, last))
        if index not in visible_indexes and Origin("layer", index) not in by_layer:
            indexes.append(index)
    return indexes


def _last_edge(layer: AnyLayer, zone: ZoneInfo) -> float:
    """Return when the layer ends, or when it starts if it has no end."""
    end = layer_end(layer, zone)
    return end if end < inf else layer_start(layer, zone)


def _layers_in(swept: Iterable[Shift]) -> set[int]:
    return {one.by.index for one in swept if one.by is not None and one.by.kind == "layer"}
