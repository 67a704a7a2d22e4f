"""Reports over stored histories equal a brute force that counts row by row."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from gateway.core.plan.plan import Plan, Receiver, Severity
from gateway.core.report.report import Report, ReportBuilder
from gateway.core.report.selection import Dimension, Selection
from gateway.core.routing.match import RouteSpec, build_route
from gateway.store import Store, Tx
from gateway.store.queries import report as queries
from gateway.store.queries import report_statements
from tests.store.queries.histories import ALERTNAMES, PEOPLE, History, random_history

WEEK = 7 * 86400.0
START = 1795996800.0  # Monday, 2026-11-30T00:00Z
ALL = Selection(START, START + WEEK)
PLAN = Plan(
    root=build_route(RouteSpec(receiver="everyone")),
    receivers={name: Receiver(name) for name in ("everyone", "billing")},
    severities={"critical": Severity("critical", 1), "warning": Severity("warning", 2)},
)
PAGES = ("firing", "escalation", "repeat")


async def read(store: Store, selection: Selection, by: Dimension | None = None) -> Report:
    """Read a report as the gateway does, each piece in a transaction of its own."""
    facts = queries.ReportFacts(selection, PLAN.urgent_rank)
    builder = ReportBuilder(PLAN, selection, "UTC", by)
    while not facts.finished:
        await store.read(lambda tx: builder.add(facts.next_piece(tx)))
    return builder.report()


def names_of(history: History, incident: dict[str, Any]) -> list[str]:
    if "alertname" in incident["group_labels"]:
        return [incident["group_labels"]["alertname"]]
    mine = [one["alert"] for one in history.members if one["incident"] == incident["number"]]
    return sorted({ALERTNAMES[alert - 1] for alert in mine} - {""})


def accepted(notice: dict[str, Any]) -> bool:
    return notice["state"] == "sent" and notice["outcome"] == "accepted" and not notice["quiet"]


def selected(history: History, selection: Selection) -> list[dict[str, Any]]:
    """Return the incidents of a selection, one condition after the other."""
    chosen = []
    for one in history.incidents:
        reached = {n["person"] for n in history.notices_of(one["number"]) if accepted(n)}
        if (
            selection.start <= one["opened_at"] < selection.end
            and selection.team in (None, one["team"])
            and selection.severity in (None, one["severity"])
            and selection.receiver in (None, one["receiver"])
            and (selection.receivers is None or one["receiver"] in selection.receivers)
            and selection.route in (None, one["route_id"])
            and (selection.person is None or selection.person in reached)
            and (selection.alertname is None or selection.alertname in names_of(history, one))
        ):
            chosen.append(one)
    return chosen


def first_notice(history: History, number: int) -> float | None:
    by_id = {one["id"]: one for one in history.notices}
    times = [one["sent_at"] for one in history.notices_of(number) if accepted(one)]
    for one in history.notices_of(number):
        digest = by_id.get(one["folded_into"])
        if digest is not None and digest["outcome"] == "accepted":
            times.append(digest["sent_at"])
    return min(times, default=None)


def waits(history: History, incidents: list[dict[str, Any]], by: str | None = None) -> list[float]:
    """Return the seconds until the first acknowledgement, sorted; `by` one person, or anybody."""
    result = []
    for one in incidents:
        taken = [
            ack
            for ack in history.acks
            if ack["incident"] == one["number"] and ack["action"] in ("acknowledged", "taken over")
        ]
        first = first_notice(history, one["number"])
        if taken and first is not None and by in (None, taken[0]["person"]):
            result.append(max(0.0, taken[0]["at"] - first))
    return sorted(result)


def lengths(incidents: list[dict[str, Any]]) -> list[float]:
    result = []
    for one in incidents:
        if one["resolved_at"] is not None:
            began = one["memory"]["since"]
            began = one["opened_at"] if began is None else began
            result.append(max(0.0, one["resolved_at"] - began))
    return sorted(result)


def ranks(values: list[float]) -> tuple[int, float, float, float] | None:
    """Return count, median, ninth decile and maximum by counting how many are not larger."""
    if not values:
        return None

    def at_least(part: float) -> float:
        return min(v for v in values if sum(w <= v for w in values) >= part * len(values))

    return len(values), at_least(0.5), at_least(0.9), max(values)


def interruptions(history: History, incidents: list[dict[str, Any]], person: str) -> int:
    numbers = {one["number"] for one in incidents}
    urgent = sorted(
        one["sent_at"]
        for one in history.notices
        if one["incident"] in numbers
        and one["person"] == person
        and accepted(one)
        and one["rank"] in (1, 1000)
    )
    count, until = 0, 0.0
    for at in urgent:
        if at >= until:
            count, until = count + 1, at + 300.0
    return count


def check(history: History, selection: Selection, report: Report) -> None:
    """Compare each figure of a report with the brute force."""
    chosen = selected(history, selection)
    mine = [n for one in chosen for n in history.notices_of(one["number"]) if accepted(n)]
    acted = {
        one["incident"]
        for one in history.acks
        if one["kind"] != "system" and not one["action"].startswith("mark")
    }
    marks: dict[tuple[int, str], str] = {}
    for one in history.acks:
        if one["action"].startswith("mark"):
            marks[one["incident"], one["person"]] = one["action"]
    totals = report.totals
    assert totals.incidents == len(chosen)
    assert totals.open == sum(one["resolved_at"] is None for one in chosen)
    assert totals.messages == len(mine)
    assert totals.pages == sum(n["person"] is not None and n["kind"] in PAGES for n in mine)
    assert totals.missed == sum(one["memory"]["missed_at"] is not None for one in chosen)
    assert totals.flapping == sum(one["memory"]["flapping_told_at"] is not None for one in chosen)
    assert totals.no_action == sum(
        one["resolved_at"] is not None and one["number"] not in acted for one in chosen
    )
    for count, mark in ((totals.useful, "marked useful"), (totals.noise, "marked as noise")):
        marked = {number for (number, _), one in marks.items() if one == mark}
        assert count == sum(one["number"] in marked for one in chosen)
    assert as_tuple(totals.to_acknowledge) == ranks(waits(history, chosen))
    assert as_tuple(totals.to_resolve) == ranks(lengths(chosen))
    assert sum(count for _, count in report.columns) == len(chosen)
    people = {one.person: one for one in report.people}
    for person in [selection.person] if selection.person else PEOPLE:
        figures = people.get(person)
        pages = sum(n["person"] == person and n["kind"] in PAGES for n in mine)
        assert (figures.pages if figures else 0) == pages
        assert (figures.interruptions.total if figures else 0) == interruptions(
            history, chosen, person
        )
        spread = as_tuple(figures.to_acknowledge) if figures else None
        assert spread == ranks(waits(history, chosen, person))
    sent_by_name: Counter[str] = Counter()
    for one in chosen:
        for name in names_of(history, one):
            sent_by_name[name] += sum(map(accepted, history.notices_of(one["number"])))
    assert {one.alertname: one.figures.messages for one in report.noisiest} == dict(+sent_by_name)


def as_tuple(spread: Any) -> tuple[int, float, float, float] | None:
    return spread and (spread.count, spread.median, spread.p90, spread.longest)


SELECTIONS = (
    ALL,
    replace(ALL, team="billing"),
    replace(ALL, team="", severity="critical"),
    replace(ALL, receiver="billing", route="root/1"),
    replace(ALL, receivers=["billing"]),
    replace(ALL, receivers=[]),
    replace(ALL, person="ana"),
    replace(ALL, alertname="PoolFull"),
    replace(ALL, alertname="PoolFull", person="ben", severity="warning"),
    Selection(START, START + 1.0),
)


@pytest.mark.parametrize("seed", range(6))
async def test_report_equals_the_brute_force(
    store: Store, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E62: each figure is what counting row by row gives, in pieces of any size."""
    history = random_history(seed, START, START + WEEK)
    await store.write(history.write)
    for number, selection in enumerate(SELECTIONS):
        monkeypatch.setattr(queries, "PIECE", (1000, 3, 1)[(number + seed) % 3])
        check(history, selection, await read(store, selection))


@pytest.mark.parametrize("by", Dimension)
async def test_groups_are_the_selections_of_their_values(store: Store, by: Dimension) -> None:
    """The figures of a group are those of a report on that value alone."""
    history = random_history(7, START, START + WEEK)
    await store.write(history.write)
    report = await read(store, ALL, by)
    assert report.groups
    field = "route" if by is Dimension.ROUTE else by.value
    for group in report.groups:
        if by is Dimension.DAY:
            alone = Selection(float(group.key), float(group.key) + 86400.0)
        elif by is Dimension.ROTA or (by is Dimension.ALERTNAME and not group.key):
            continue  # no rota is declared here; no selection is for alerts without a name
        else:
            alone = replace(ALL, **{field: group.key})
        assert group.figures == (await read(store, alone)).totals


async def test_incidents_of_one_instant_are_all_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A piece that ends between incidents of one instant goes on with the next number."""
    monkeypatch.setattr(queries, "PIECE", 2)
    history = random_history(3, START, START + WEEK)
    for one in history.incidents:
        one["opened_at"] = START
    await store.write(history.write)
    assert (await read(store, ALL)).totals.incidents == len(history.incidents)


async def test_report_reads_notices_by_their_index_alone(store: Store) -> None:
    """The notices of an incident are added up without reading their rows, which are long."""
    if store.database != "sqlite":
        pytest.skip("the plan is that of SQLite")

    def plans(tx: Tx) -> list[str]:
        text, values = report_statements.INCIDENTS.for_database("sqlite", {"numbers": "[1]"})
        return [row[3] for row in tx._session.rows(f"EXPLAIN QUERY PLAN {text}", values)]

    assert any("USING COVERING INDEX notices_accepted" in one for one in await store.read(plans))
