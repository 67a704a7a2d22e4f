"""The instants at which any part of a rota may change, even if the same people stay on call."""

from gateway.core.oncall.event_layer import EventLayer
from gateway.core.oncall.layers import layer_end, layer_start, segments
from gateway.core.oncall.restrictions import windows
from gateway.core.oncall.types import Rota
from gateway.core.time.wallclock import load_zone


def edges(rota: Rota, start: float, end: float) -> list[float]:
    """Return `start`, and the later edges of turns, windows and overrides in [start, end)."""
    zone = load_zone(rota.zone)
    instants = {start}
    for layer in rota.layers:
        for segment in segments(layer, zone, start, end):
            instants.update(segment[:2])
        if isinstance(layer, EventLayer):
            instants.update((layer.known_from, layer.known_until))
            continue
        # A turn of nobody has no segment, but the layer has members then.
        instants.update((layer_start(layer, zone), layer_end(layer, zone)))
        for opens, closes in windows(layer.restrictions, zone, start, end):
            instants.update((opens, closes))
    for override in (*rota.overrides, *rota.changes):
        instants.update((override.start, override.end))
    return sorted(at for at in instants if start <= at < end)
