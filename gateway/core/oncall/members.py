"""The members of a rota: everybody who takes turns at an instant, on call or not."""

from gateway.core.oncall.event_layer import EventLayer
from gateway.core.oncall.layers import layer_end, layer_start
from gateway.core.oncall.restrictions import windows
from gateway.core.oncall.types import AnyLayer, Rota
from gateway.core.time.wallclock import load_zone


def members_at(rota: Rota, t: float) -> tuple[str, ...]:
    """Return the members of the layers that apply at ``t`` (unix seconds), without those away.

    The last layer's come first, each in the order of their turns. Somebody is away while an
    override without a person replaces them. Someone whose shift another person takes is
    still a member.
    """
    exceptions = (*rota.overrides, *rota.changes)
    away = {one.replaces for one in exceptions if one.member is None and one.start <= t < one.end}
    members = (
        member
        for layer in reversed(rota.layers)
        if _applies(rota, layer, t)
        for member in layer.members
    )
    return tuple(dict.fromkeys(member for member in members if member not in away))


def _applies(rota: Rota, layer: AnyLayer, t: float) -> bool:
    """Return whether ``t`` is between the layer's start and end, and in its restrictions.

    Everybody in a calendar's events is a member, as long as the calendar is known.
    """
    if isinstance(layer, EventLayer):
        return layer.knows(t)
    zone = load_zone(rota.zone)
    if not layer_start(layer, zone) <= t < layer_end(layer, zone):
        return False
    return any(opens <= t < closes for opens, closes in windows(layer.restrictions, zone, t, t + 1))
