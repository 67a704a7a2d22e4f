"""Reports equal the brute force also after merges, reopenings and snoozes of a real engine."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from gateway.core.actions.table import ActionName
from gateway.core.actor import verified_person
from gateway.core.decide.result import ActionOutcome
from gateway.core.incidents.notice import FIRING_KINDS
from gateway.core.report.selection import Dimension, Selection
from gateway.flow.queries.report import read_report
from gateway.store import Tx
from tests.flow.world import HOUR, MINUTE, START, World, alert
from tests.store.queries import test_report
from tests.store.queries.histories import History

STEPS = 150
ALERTS = (
    ("DoubleChargeDetected", "critical"),
    ("SlowInvoices", "warning"),
    ("PoolFull", "info"),
    ("PaymentProviderDown", "critical"),
)
ACTIONS = (
    *(ActionName.ACK, ActionName.UNACK, ActionName.TAKE, ActionName.SNOOZE, ActionName.UNSNOOZE),
    *(ActionName.MERGE, ActionName.UNMERGE, ActionName.RESOLVE),
    *(ActionName.USEFUL, ActionName.NOISE, ActionName.UNRATE),
)
COLUMNS = {
    "incidents": "number, opened_at, severity, resolved_at, team, receiver, route_id, "
    "group_labels, memory",
    "notices": "id, incident, person, rank, kind, quiet, state, outcome, sent_at, folded_into",
    "acks": "incident, action, person, at, kind",
    "members": "incident, alert",
    "alerts": "id, labels",
}
_JSON = ("group_labels", "memory", "labels")


def stored(tx: Tx) -> History:
    """Return the rows of the database that a report is about."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for table, columns in COLUMNS.items():
        names = columns.split(", ")
        rows = tx._session.rows(f"SELECT {columns} FROM {table} ORDER BY 1", ())
        tables[table] = [
            {
                name: json.loads(value) if name in _JSON else value
                for name, value in zip(names, row, strict=True)
            }
            for row in rows
        ]
    return History(**tables)


async def open_numbers(world: World) -> list[int]:
    """Return the newest open incidents."""
    query = "SELECT number FROM incidents WHERE state != 'resolved' ORDER BY number DESC LIMIT 3"
    return await world.engine.store.read(lambda tx: [row[0] for row in tx._session.rows(query, ())])


async def live(world: World, chance: random.Random) -> set[str]:
    """Let alerts come and go, and people act on them; return what actions changed."""
    outcomes: set[str] = set()
    for _ in range(STEPS):
        name, severity = chance.choice(ALERTS)
        if chance.random() < 0.4:
            ends_at = world.now if chance.random() < 0.4 else None
            await world.post(alert(name, severity, ends_at=ends_at))
        action, person = chance.choice(ACTIONS), chance.choice(("ana", "ben"))
        numbers = await open_numbers(world)
        if numbers:
            number, other = chance.choice(numbers), chance.choice(numbers)
            arguments: dict[str, Any] = {}
            if action is ActionName.SNOOZE:
                until = world.now + chance.choice((10 * MINUTE, 3 * HOUR))
                arguments = {"until": until, "reason": "known"}
            elif action is ActionName.RESOLVE:
                arguments = {"reason": "fixed"}
            elif action is ActionName.MERGE:
                arguments = {"other": other}
            actor = verified_person(person, "api")
            result = await world.engine.act(number, action, actor, **arguments)
            outcomes.add(result.answer.value)
            if result.answer is ActionOutcome.CLOSED and chance.random() < 0.5:
                result = await world.engine.act(number, ActionName.REOPEN, actor)
                outcomes.add(result.answer.value)
        await world.advance(chance.choice((0.0, MINUTE, 4 * MINUTE, 20 * MINUTE, 2 * HOUR)))
    return outcomes


@pytest.mark.parametrize("seed", range(4))
async def test_report_after_actions_equals_the_brute_force(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E62: what people did to incidents leaves no figure behind that the stored facts do not give.

    A merged incident is counted once, as its own; a reopened one by its first opening.
    """
    world = World(f"sqlite:///{tmp_path}/gateway.db")
    await world.start()
    try:
        outcomes = await live(world, random.Random(seed))
        assert {"merged", "reopened", "snoozed"} <= outcomes
        history = await world.engine.store.read(stored)
        monkeypatch.setattr(test_report, "PAGES", {kind.value for kind in FIRING_KINDS})
        names = {one["id"]: one["labels"]["alertname"] for one in history.alerts}
        monkeypatch.setattr(
            test_report, "ALERTNAMES", [names.get(id_, "") for id_ in range(1, max(names) + 1)]
        )
        everything = Selection(START - HOUR, world.now + HOUR)
        for selection in (
            everything,
            Selection(START - HOUR, START + 6 * HOUR),
            Selection(START - HOUR, world.now + HOUR, person="ana"),
            Selection(START - HOUR, world.now + HOUR, severity="critical"),
        ):
            report = await read_report(
                world.engine.store, world.engine.plan, selection, "UTC", world.now, by=Dimension.DAY
            )
            test_report.check(history, selection, report.report)
            counted = sum(group.figures.incidents for group in report.report.groups)
            assert counted == report.report.totals.incidents
    finally:
        await world.close()
