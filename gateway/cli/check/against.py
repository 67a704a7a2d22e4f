"""`gateway check --against`: who is on call at other times than before, by name."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gateway.cli.support.api_client import Api
from gateway.cli.support.context import CliContext, CliError
from gateway.cli.support.output import echo, paint
from gateway.config.load import ConfigError, load
from gateway.core.oncall.anchors import keep_turns
from gateway.core.oncall.difference import Difference, compare
from gateway.core.oncall.rota import Rota, Shift, shifts
from gateway.core.oncall.shifts import Origin
from gateway.core.oncall.turns_json import changes_from_json, turns_from_json
from gateway.core.plan.plan import Plan
from gateway.core.time.timestamps import format_rfc3339, parse_rfc3339
from gateway.render.view.difference import COMPARED, difference_lines

Schedules = Mapping[str, Sequence[Shift]]


@dataclass(frozen=True, slots=True)
class Compared:
    """What was before: the turns of each rota, its schedule, and the names of people by id."""

    rotas: Mapping[str, Rota]
    schedules: Schedules
    names: Mapping[str, str]


def read_compared(context: CliContext, against: str, now: float) -> Compared:
    """Read the file, or the running gateway if `against` is a URL. Raises CliError."""
    if against.startswith(("http://", "https://")):
        return _running(Api(against, context.settings().api_token), now)
    try:
        plan = load(Path(against), env=context.env).plan
    except ConfigError as error:
        raise CliError(f"--against {against}: {error.problems[0]}") from None
    schedules = {name: shifts(rota, now, now + COMPARED) for name, rota in plan.rotas.items()}
    return Compared(plan.rotas, schedules, _names(plan))


def _running(api: Api, now: float) -> Compared:
    turns = api.get("/oncall/turns")["rotas"]
    span = {"from": format_rfc3339(now), "to": format_rfc3339(now + COMPARED)}
    schedules: dict[str, list[Shift]] = {name: [] for name in turns}
    names: dict[str, str] = {}
    for item in api.get("/oncall", **span)["shifts"]:
        names.update((one["id"], one["name"]) for one in item["on_call"])
        schedules.setdefault(item["rota"], []).append(_shift(item))
    rotas = {
        name: replace(
            turns_from_json(name, value["turns"]), changes=changes_from_json(value["changes"])
        )
        for name, value in turns.items()
    }
    return Compared(rotas, schedules, names)


def _shift(item: dict[str, Any]) -> Shift:
    people = tuple(one["id"] for one in item["on_call"])
    by = Origin.parse(item["by"] or "")  # an unknown stretch is no gap
    return Shift(people, parse_rfc3339(item["from"]), parse_rfc3339(item["to"]), by)


def duty_differences(
    context: CliContext, against: str | None, plan: Plan | None, now: float
) -> "DutyDifferences":
    """Return when other people are on call in the next four weeks; nothing without `against`.

    The turns in force stay, as they do at a reload. Raises CliError.
    """
    if against is None or plan is None:
        return DutyDifferences(None, ())
    now = math.floor(now)  # The gateway answers in milliseconds, which cannot split a second.
    before, end = read_compared(context, against, now), now + COMPARED
    names = {**before.names, **_names(plan)}
    lines: list[str] = []
    items: list[dict[str, Any]] = []
    for name in dict.fromkeys((*before.rotas, *plan.rotas)):
        rota, old = plan.rotas.get(name), before.rotas.get(name)
        if rota is not None and old is not None:
            rota = replace(keep_turns(old, rota, now, plan.people), changes=old.changes)
        schedule = shifts(rota, now, end) if rota else [Shift((), now, end, None)]
        old_schedule = before.schedules.get(name) or [Shift((), now, end, None)]
        differences = compare(old_schedule, schedule, now, end)
        zone = (rota or before.rotas[name]).zone
        lines += difference_lines(name, differences, names, zone, now)
        items += [_to_json(name, one) for one in differences]
    return DutyDifferences(lines, items)


@dataclass(frozen=True, slots=True)
class DutyDifferences:
    """The differences as sentences and as JSON; None if nothing was compared."""

    lines: Sequence[str] | None
    items: Sequence[dict[str, Any]]

    def print(self) -> None:
        """Print the sentences, or that there is no difference."""
        if self.lines is None:
            return
        for line in self.lines:
            echo(f"{paint('changed:', 'cyan')} {line}")
        if not self.lines:
            echo("no rota changes in the next four weeks")

    def to_json(self) -> dict[str, Any]:
        """Return the part of ``--json``; empty if nothing was compared."""
        return {} if self.lines is None else {"duty_differences": list(self.items)}


def _to_json(rota: str, one: Difference) -> dict[str, Any]:
    return {
        "rota": rota,
        "from": format_rfc3339(one.start),
        "to": format_rfc3339(one.end),
        "before": list(one.before),
        "after": list(one.after),
    }


def _names(plan: Plan) -> dict[str, str]:
    return {one.id: one.name for one in plan.people.values()}
