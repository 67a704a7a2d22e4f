"""The gateway's rota, spoken to in the words of the conformance vectors.

Translates and nothing more. Rotations of the vectors go on backwards before their start, which is
what `turn_at` does; rules are restrictions; a rule with a target is a rota of one layer; the
vectors' "temporary schedule" is an override by nobody with its shifts as overrides on top.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from gateway.core.oncall.layers import turn_at
from gateway.core.oncall.rota import Handover, Layer, Override, Restriction, Rota, on_call, stints
from gateway.core.time.wallclock import load_zone, wall_time
from tests.conformance.rota_windows import is_open, window_at

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _text(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).isoformat()


def _rotation(given: dict[str, Any]) -> Layer:
    start = wall_time(_seconds(given["start"]), load_zone(given["tz"]))
    unit: Any = UNITS[given["type"]]
    return Layer(("ana",), given["shift_length"], unit, Handover(start.time()), start)


def _restriction(rule: dict[str, Any]) -> Restriction:
    return Restriction(
        tuple(DAYS.index(day) for day in rule["weekdays"]),
        time.fromisoformat(rule["start"]),
        time.fromisoformat(rule["end"]),
    )


def rota_handoffs(given: dict[str, Any]) -> list[str]:
    layer, zone = _rotation(given), load_zone(given["tz"])
    turn = turn_at(layer, zone, _seconds(given["from"]))
    found = [turn.start, turn.end]
    while turn.end <= _seconds(given["to"]):
        turn = turn_at(layer, zone, turn.end)
        found.append(turn.end)
    return [_text(t) for t in found]


def rota_shift_start(given: dict[str, Any]) -> str:
    return _text(turn_at(_rotation(given), load_zone(given["tz"]), _seconds(given["at"])).start)


def rota_shift_end(given: dict[str, Any]) -> str:
    return _text(turn_at(_rotation(given), load_zone(given["tz"]), _seconds(given["at"])).end)


def rota_rule_active(given: dict[str, Any]) -> bool:
    return is_open([_restriction(given)], load_zone(given["tz"]), _seconds(given["at"]))


def rota_rule_start(given: dict[str, Any]) -> str:
    at = _seconds(given["at"])
    return _text(window_at([_restriction(given)], load_zone(given["tz"]), at)[0])


def rota_rule_end(given: dict[str, Any]) -> str:
    at = _seconds(given["at"])
    return _text(window_at([_restriction(given)], load_zone(given["tz"]), at)[1])


def rota_final_shifts(given: dict[str, Any]) -> list[dict[str, Any]]:
    if given["history"] or len(given["rules"]) != 1:
        # The runner's word for "skip": what was recorded in the past, and several rules that are
        # on call at once, are not things a rota of ours holds.
        raise NotImplementedError
    rule = given["rules"][0]
    long_before = wall_time(_seconds(given["from"]), load_zone(given["tz"])) - timedelta(days=31)
    layer = Layer(
        (rule["target"],), 1, "day", Handover(time(0)), long_before, (_restriction(rule),)
    )
    rota = Rota("vectors", given["tz"], (layer,), tuple(_overrides(given)))
    begin, end = _seconds(given["from"]), _seconds(given["to"])
    return [
        {
            "user": stint.person,
            "start": _text(stint.start),
            "end": _text(stint.end),
            "truncated": stint.end == end and stint.person in on_call(rota, end),
        }
        for stint in stints(rota, begin, end)
    ]


def _overrides(given: dict[str, Any]) -> list[Override]:
    found = []
    for each in given["overrides"]:
        add, remove = each["add"] or None, each["remove"] or None
        span = _seconds(each["start"]), _seconds(each["end"])
        found.append(Override(add, *span, replaces=remove, beside=remove is None))
    for plan in given["temp_schedules"]:
        found.append(Override(None, _seconds(plan["start"]), _seconds(plan["end"])))
        for shift in plan["shifts"]:
            found.append(Override(shift["user"], _seconds(shift["start"]), _seconds(shift["end"])))
    return found
