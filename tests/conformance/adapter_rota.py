"""The conformance adapter for rotas.

Rotations of the vectors continue backwards before their start, as `turn_at` does; rules are
restrictions; a rule with a target is a rota of one layer; the
vectors' "temporary schedule" is an override by nobody with its shifts as overrides on top.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from gateway.core.oncall.final_schedule import DutyHistory, final_schedule
from gateway.core.oncall.history import DutyRecord
from gateway.core.oncall.layers import turn_at
from gateway.core.oncall.rota import (
    Handover,
    Layer,
    Override,
    Restriction,
    Rota,
    on_call,
    stints_of,
)
from gateway.core.time.wallclock import load_zone, wall_time
from tests.conformance.rota_windows import is_open, window_at
from tests.core.turns import one_each

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
    begin, end = _seconds(inputs["from"]), _seconds(inputs["to"])
    # Without history nothing lies in the past. Recorded shifts are given from their starts on.
    now = begin if inputs["now"] is None else _seconds(inputs["now"])
    start = min([begin, *(_minute(one["start"]) for one in inputs["history"])])
    results = []
    for number, rule in enumerate(inputs["rules"]):
        rota = _rota(f"rule {number}", rule, inputs)
        schedule = final_schedule(_history(rule, inputs, start), rota, start, end, now)
        results += [
            {
                "user": stint.person,
                "start": _text(stint.start),
                "end": _text(stint.end),
                "truncated": stint.end == end and stint.person in on_call(rota, end),
            }
            for stint in stints_of(schedule, end)
            if stint.end > begin
        ]
    return results


def _rota(name: str, rule: dict[str, Any], inputs: dict[str, Any]) -> Rota:
    """Return a rule as a rota: several rules that are on call at once are several rotas."""
    zone = load_zone(inputs["tz"])
    if "rotation" not in rule:
        long_before = wall_time(_seconds(inputs["from"]), zone) - timedelta(days=31)
        members, unit, every = [rule["target"]], "day", 1
        handover, start = Handover(time(0)), long_before
    else:
        rotation = rule["rotation"]
        turn = turn_at(
            _rotation(rotation), load_zone(rotation["tz"]), _seconds(rotation["current_start"])
        )
        index = rotation["current_index"]
        members = rotation["users"][index:] + rotation["users"][:index]
        unit, every = UNITS[rotation["type"]], rotation["shift_length"]
        start = wall_time(turn.start, zone)
        handover = Handover(start.time())
    layer = Layer(one_each(tuple(members)), every, unit, handover, start, (_restriction(rule),))
    return Rota(name, inputs["tz"], (layer,), tuple(_overrides(inputs)))


def _history(rule: dict[str, Any], inputs: dict[str, Any], start: float) -> DutyHistory:
    """Return the recorded shifts of a rule's users; before and between them is nobody."""
    if inputs["now"] is None:
        return DutyHistory()
    users = rule["rotation"]["users"] if "rotation" in rule else [rule["target"]]
    records = [
        DutyRecord("", (one["user"],), _minute(one["start"]), one["end"] and _minute(one["end"]))
        for one in inputs["history"]
        if one["user"] in users
    ]
    records.sort(key=lambda record: record.started_at)
    return DutyHistory(tuple(records), start)


def _minute(text: str) -> float:
    """Return an instant without its seconds: the vectors' shifts are of whole minutes."""
    return _seconds(text) // 60 * 60


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
