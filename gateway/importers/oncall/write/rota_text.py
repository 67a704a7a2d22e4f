"""A rota as a section of routes.yaml."""

from collections.abc import Sequence
from datetime import date, datetime, time

from gateway.core.oncall.types import EVERY_DAY, Layer, Override, Restriction, Rota, Unit
from gateway.core.time.timestamps import format_rfc3339
from gateway.core.time.wallclock import instant, load_zone, wall_time
from gateway.importers.emit import Block, Items, Plain, Value, escape_references

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ADVERB: dict[Unit, str] = {"hour": "hourly", "day": "daily", "week": "weekly", "month": "monthly"}


def rota_block(rota: Rota, *, gaps_allowed: bool) -> Block:
    """Return the mapping of a rota; `gaps_allowed` is whether its gaps are meant."""
    block = Block([("timezone", rota.zone)])
    layers: list[Value] = [_layer(one) for one in rota.layers if isinstance(one, Layer)]
    block.add("layers", Items([*layers]))
    if gaps_allowed:
        block.add("gaps", "allowed")
    if rota.overrides:
        block.add("overrides", Items([_override(one, rota.zone) for one in rota.overrides]))
    return block


def _layer(layer: Layer) -> Block:
    block = Block()
    if layer.name:
        block.add("name", escape_references(layer.name))
    block.add("members", Items([_turn(one) for one in layer.turns]))
    if len(layer.turns) > 1:
        plural = f"{layer.every} {layer.unit}s"
        block.add("rotate", _ADVERB[layer.unit] if layer.every == 1 else Plain(plural))
        day = "" if layer.handover.weekday is None else f"{_DAYS[layer.handover.weekday].title()} "
        block.add("handover", day + _clock(layer.handover.at))
        block.add("start", _date(layer.start))
    else:
        # Nobody hands over: the time counts only for the start.
        block.add("start", _date(datetime.combine(layer.start, layer.handover.at)))
    if layer.end is not None:
        block.add("end", _date(layer.end))
    if layer.restrictions:
        block.add("restrictions", Items([_restriction(one) for one in layer.restrictions]))
    return block


def _turn(people: Sequence[str]) -> Value:
    return people[0] if len(people) == 1 else Items(list(people))


def _restriction(one: Restriction) -> Block:
    block = Block()
    if one.weekdays != EVERY_DAY:
        block.add("weekdays", Items(list(_ranges(one.weekdays))))
    block.add("from", _clock(one.start_time))
    block.add("to", _clock(one.end_time))
    return block


def _ranges(days: Sequence[int]) -> list[str]:
    """Return days as names and ranges, such as mon-fri."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [f"{_DAYS[run[0]]}-{_DAYS[run[-1]]}" if len(run) > 1 else _DAYS[run[0]] for run in runs]


def _override(one: Override, zone: str) -> Block:
    block = Block()
    if one.member is not None:
        block.add("person", one.member)
    if one.replaces is not None:
        block.add("replaces", one.replaces)
    if one.beside:
        block.entries.append(("beside", True))
    block.add("from", _moment(one.start, zone))
    block.add("to", _moment(one.end, zone))
    return block


def _moment(t: float, zone: str) -> str:
    """Return an instant on the wall clock, or with its offset where that is ambiguous."""
    wall = wall_time(t, load_zone(zone))
    if instant(wall, load_zone(zone)) != t:
        return format_rfc3339(t)
    return _date(wall)


def _date(moment: date) -> Plain:
    """Return a date, or a date with its time."""
    if not isinstance(moment, datetime):
        return Plain(moment.isoformat())
    return Plain(moment.isoformat(" ", timespec="seconds" if moment.second else "minutes"))


def _clock(moment: time) -> str:
    return moment.isoformat("minutes")
