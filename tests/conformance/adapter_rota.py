"""The conformance adapter for rotas.

Rotations of the vectors continue backwards before their start, as `turn_at` does; rules are
restrictions; a rule with a target is a rota of one layer; the
vectors' "temporary schedule" is an override by nobody with its shifts as overrides on top.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from gateway.core.oncall.layers import turn_at
from gateway.core.oncall.rota import Handover, Layer, Override, Restriction, Rota, on_call, stints
from gateway.core.oncall.types import one_each
from gateway.core.time.wallclock import load_zone, wall_time
from tests.conformance.rota_windows import is_open, window_at

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _text(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).isoformat()


def _rotation(inputs: dict[str, Any]) -> Layer:
    start = wall_time(_seconds(inputs["start"]), load_zone(inputs["tz"]))
    unit: Any = UNITS[inputs["type"]]
    return Layer(one_each(("ana",)), inputs["shift_length"], unit, Handover(start.time()), start)


def _restriction(rule: dict[str, Any]) -> Restriction:
    return Restriction(
        tuple(DAYS.index(day) for day in rule["weekdays"]),
        time.fromisoformat(rule["start"]),
        time.fromisoformat(rule["end"]),
    )


def rota_handoffs(inputs: dict[str, Any]) -> list[str]:
    layer, zone = _rotation(inputs), load_zone(inputs["tz"])
    turn = turn_at(layer, zone, _seconds(inputs["from"]))
    instants = [turn.start, turn.end]
    while turn.end <= _seconds(inputs["to"]):
        turn = turn_at(layer, zone, turn.end)
        instants.append(turn.end)
    return [_text(t) for t in instants]


def rota_shift_start(inputs: dict[str, Any]) -> str:
    return _text(turn_at(_rotation(inputs), load_zone(inputs["tz"]), _seconds(inputs["at"])).start)


def rota_shift_end(inputs: dict[str, Any]) -> str:
    return _text(turn_at(_rotation(inputs), load_zone(inputs["tz"]), _seconds(inputs["at"])).end)


def rota_rule_active(inputs: dict[str, Any]) -> bool:
    return is_open([_restriction(inputs)], load_zone(inputs["tz"]), _seconds(inputs["at"]))


def rota_rule_start(inputs: dict[str, Any]) -> str:
    at = _seconds(inputs["at"])
    return _text(window_at([_restriction(inputs)], load_zone(inputs["tz"]), at)[0])


def rota_rule_end(inputs: dict[str, Any]) -> str:
    at = _seconds(inputs["at"])
    return _text(window_at([_restriction(inputs)], load_zone(inputs["tz"]), at)[1])


def rota_final_shifts(inputs: dict[str, Any]) -> list[dict[str, Any]]:
    if inputs["history"] or len(inputs["rules"]) != 1:
        # The runner's word for "skip": what was recorded in the past, and several rules that are
        # on call at once, are not things a rota of ours holds.
        raise NotImplementedError
    rule = inputs["rules"][0]
    long_before = wall_time(_seconds(inputs["from"]), load_zone(inputs["tz"])) - timedelta(days=31)
    layer = Layer(
        one_each((rule["target"],)), 1, "day", Handover(time(0)), long_before, (_restriction(rule),)
    )
    rota = Rota("vectors", inputs["tz"], (layer,), tuple(_overrides(inputs)))
    begin, end = _seconds(inputs["from"]), _seconds(inputs["to"])
    return [
        {
            "user": stint.person,
            "start": _text(stint.start),
            "end": _text(stint.end),
            "truncated": stint.end == end and stint.person in on_call(rota, end),
        }
        for stint in stints(rota, begin, end)
    ]


def _overrides(inputs: dict[str, Any]) -> list[Override]:
    overrides = []
    for each in inputs["overrides"]:
        add, remove = each["add"] or None, each["remove"] or None
        span = _seconds(each["start"]), _seconds(each["end"])
        overrides.append(Override(add, *span, replaces=remove, beside=remove is None))
    for plan in inputs["temp_schedules"]:
        overrides.append(Override(None, _seconds(plan["start"]), _seconds(plan["end"])))
        for shift in plan["shifts"]:
            overrides.append(
                Override(shift["user"], _seconds(shift["start"]), _seconds(shift["end"]))
            )
    return overrides
