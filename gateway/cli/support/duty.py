"""Who is on call, for commands: the past from a running gateway, now and later from the file."""

from typing import Any

from gateway.cli.support.api_client import Api
from gateway.cli.support.context import CliError
from gateway.cli.support.output import echo_error
from gateway.core.oncall.rota import OnCall, Origin, Rota, Shift, explain, shifts
from gateway.core.oncall.shifts import ShiftSource
from gateway.core.time.timestamps import format_rfc3339, parse_rfc3339

LONGEST_ANSWER = 366 * 86400.0
"""Seconds that one answer of the API covers."""


class DutyLookup:
    """Answers about rotas at one `now`.

    Only the gateway has the records of the past. Where it cannot be asked, the past is calculated
    from routes.yaml, and a line on standard error says so.
    """

    def __init__(self, api: Api | None, now: float) -> None:
        """`api` is None to calculate the past from routes.yaml, as it was asked for."""
        self._api = api
        self._now = now

    def shifts(self, rota: Rota, start: float, end: float) -> list[Shift]:
        """Return the shifts of [start, end), clipped."""
        past_end = min(end, self._now)
        recorded: list[Shift] = []
        at = start
        while at < past_end and self._api is not None:
            until = min(past_end, at + LONGEST_ANSWER)
            answer = self._ask(rota, **{"from": _text(at), "to": _text(until)})
            recorded += [_shift(one) for one in answer["shifts"]] if answer else []
            at = until if answer else at
        following = shifts(rota, at, end) if at < end else []
        if not (recorded and following):
            return recorded + following
        last, first = recorded[-1], following[0]
        if (last.people, str(last.by)) != (first.people, str(first.by)):
            return recorded + following
        joined = Shift(first.turn, last.start, first.end, last.by, first.also, last.source)
        return [*recorded[:-1], joined, *following[1:]]

    def at(self, rota: Rota, t: float) -> OnCall:
        """Return who is on call at `t`."""
        answer = self._ask(rota, at=_text(t)) if t < self._now else None
        return _on_call(answer["duty"][0]) if answer else explain(rota, t)

    def _ask(self, rota: Rota, **query: str) -> dict[str, Any] | None:
        """Return the answer about a rota's past; None if there is none, which is printed once."""
        if self._api is None:
            return None
        try:
            answer: dict[str, Any] = self._api.get("/oncall", rota=rota.name, **query)
        except CliError as error:
            self._api = None
            echo_error(
                f"The past is calculated from routes.yaml, not read from the record: {error}."
            )
            return None
        return answer


def _text(t: float) -> str:
    return format_rfc3339(t, milliseconds=t != int(t))


def _shift(one: dict[str, Any]) -> Shift:
    people = tuple(person["id"] for person in one["on_call"])
    start, end = parse_rfc3339(one["from"]), parse_rfc3339(one["to"])
    by = Origin.parse(one["by"] or "")
    return Shift(people, start, end, by, source=ShiftSource(one["source"]))


def _on_call(duty: dict[str, Any]) -> OnCall:
    return OnCall(
        people=tuple(person["id"] for person in duty["on_call"]),
        by=Origin.parse(duty["by"] or ""),
        since=None if duty["since"] is None else parse_rfc3339(duty["since"]),
        until=None if duty["until"] is None else parse_rfc3339(duty["until"]),
        next_people=tuple(person["id"] for person in duty["next_people"]),
        unknown=duty["unknown"],
        next_unknown=duty["next_unknown"],
    )
