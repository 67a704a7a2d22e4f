"""Where `gateway oncall` reads who is on call: the running gateway, or routes.yaml alone."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from gateway.cli.support.api_client import Api
from gateway.core.oncall.rota import OnCall, Origin, Rota, Shift, explain, shifts
from gateway.core.oncall.shifts import ShiftSource
from gateway.core.plan.plan import Plan
from gateway.core.time.timestamps import format_rfc3339, parse_rfc3339

LONGEST_ANSWER = 366 * 86400.0
"""Seconds that one answer of the API covers."""


class Duties(Protocol):
    """Answers about rotas. A rota of the running gateway has only a name and a zone."""

    @property
    def rotas(self) -> Mapping[str, Rota]:
        """The rotas by name."""

    def name_of(self, person: str) -> str:
        """Return a person's name by id."""

    def holiday(self, day: date) -> str:
        """Return the name of a holiday of business_hours, empty on other days."""

    def at(self, rota: Rota, t: float) -> OnCall:
        """Return who is on call at `t`."""

    def shifts(self, rota: Rota, start: float, end: float) -> Sequence[Shift]:
        """Return the shifts of [start, end), clipped."""


class FileDuties:
    """Calculates from routes.yaml: without run-time changes and records, turns as if new."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    @property
    def rotas(self) -> Mapping[str, Rota]:
        """The rotas by name."""
        return self._plan.rotas

    def name_of(self, person: str) -> str:
        """Return a person's name by id."""
        return self._plan.name_of(person)

    def holiday(self, day: date) -> str:
        """Return the name of a holiday, empty on other days."""
        return self._plan.business_hours.holiday(day) or ""

    def at(self, rota: Rota, t: float) -> OnCall:
        """Return who is on call at `t`."""
        return explain(rota, t)

    def shifts(self, rota: Rota, start: float, end: float) -> Sequence[Shift]:
        """Return the shifts of [start, end), clipped."""
        return shifts(rota, start, end)


class RunningDuties:
    """Asks the running gateway, which has the changes made at run time and the record of the past.

    Every method may raise CliError.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._names: dict[str, str] = {}
        self._holidays: dict[date, str] = {}
        self._answers: dict[tuple[float, float], dict[str, list[Shift]]] = {}
        listed = api.get("/rotas")["rotas"]
        # A gateway of an older release does not say whether gaps are allowed.
        self._rotas = {
            one["name"]: Rota(
                one["name"], one["timezone"], (), gaps_allowed=one.get("gaps_allowed", False)
            )
            for one in listed
        }

    @property
    def rotas(self) -> Mapping[str, Rota]:
        """The rotas by name."""
        return self._rotas

    def name_of(self, person: str) -> str:
        """Return the name of a person whom an earlier answer named."""
        return self._names.get(person, person)

    def holiday(self, day: date) -> str:
        """Return the name of a holiday in the span of an earlier answer, empty on other days."""
        return self._holidays.get(day, "")

    def at(self, rota: Rota, t: float) -> OnCall:
        """Return who is on call at `t`."""
        (duty,) = self._api.get("/oncall", rota=rota.name, at=_text(t))["duty"]
        return OnCall(
            people=self._people(duty["on_call"]),
            by=Origin.parse(duty["by"] or ""),
            since=None if duty["since"] is None else parse_rfc3339(duty["since"]),
            until=None if duty["until"] is None else parse_rfc3339(duty["until"]),
            next_people=self._people(duty["next_people"]),
            unknown=duty["unknown"],
            next_unknown=duty["next_unknown"],
        )

    def shifts(self, rota: Rota, start: float, end: float) -> Sequence[Shift]:
        """Return the shifts of [start, end), clipped. All rotas are read in one answer."""
        joined: list[Shift] = []
        while start < end:
            until = min(end, start + LONGEST_ANSWER)
            for shift in self._answer(start, until).get(rota.name, ()):
                last = joined[-1] if joined else None
                if last and (last.people, last.by) == (shift.people, shift.by):
                    shift = Shift(
                        shift.turn, last.start, shift.end, shift.by, shift.also, last.source
                    )
                    joined.pop()
                joined.append(shift)
            start = until
        return joined

    def _answer(self, start: float, end: float) -> Mapping[str, Sequence[Shift]]:
        known = self._answers.get((start, end))
        if known is None:
            known = self._answers[start, end] = {}
            answer = self._api.get("/oncall", **{"from": _text(start), "to": _text(end)})
            for one in answer["shifts"]:
                known.setdefault(one["rota"], []).append(self._shift(one))
            for one in answer["holidays"]:
                self._holidays[date.fromisoformat(one["date"])] = one["name"]
        return known

    def _shift(self, one: Mapping[str, Any]) -> Shift:
        start, end = parse_rfc3339(one["from"]), parse_rfc3339(one["to"])
        by, source = Origin.parse(one["by"] or ""), ShiftSource(one["source"])
        return Shift(self._people(one["on_call"]), start, end, by, source=source)

    def _people(self, people: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
        self._names.update((one["id"], one["name"]) for one in people)
        return tuple(one["id"] for one in people)


def _text(t: float) -> str:
    return format_rfc3339(t, milliseconds=t != int(t))
