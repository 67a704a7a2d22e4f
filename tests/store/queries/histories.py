"""Random histories of incidents, notices and actions, written into a store as they are."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table

from gateway.store import Tx
from gateway.store.db.bulk import insert
from gateway.store.schema.tables import acks, alerts, incidents, notices
from gateway.store.state import members

PEOPLE = ("ana", "ben", "cho")
SEVERITIES = {"critical": 1, "warning": 2, "": 1000}
KINDS = ("firing", "escalation", "repeat", "resolved", "acknowledged", "late")
ACTIONS = (
    "acknowledged",
    "taken over",
    "acknowledgement undone",
    "commented",
    "marked useful",
    "marked as noise",
    "mark removed",
)
ALERTNAMES = ("DoubleChargeDetected", "PoolFull", "RenewalCronFailed", "")


@dataclass
class History:
    """Rows by table, each a mapping of columns: what the report and the brute force both read."""

    incidents: list[dict[str, Any]] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    acks: list[dict[str, Any]] = field(default_factory=list)
    members: list[dict[str, Any]] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)

    def notices_of(self, number: int) -> list[dict[str, Any]]:
        return [one for one in self.notices if one["incident"] == number]

    def write(self, tx: Tx) -> None:
        """Write all rows, with defaults for the columns that no report reads."""
        _write(tx, alerts, self.alerts, _ALERT)
        _write(tx, incidents, self.incidents, _INCIDENT)
        pairs = [(one["incident"], f"{one['alert']}") for one in self.members]
        members.add(tx, pairs, 0.0)
        _write(tx, notices, self.notices, _NOTICE)
        _write(tx, acks, self.acks, _ACK)


def random_history(seed: int, start: float, end: float, count: int = 40) -> History:
    """Return incidents that open from before `start` until after `end`."""
    chance, history = random.Random(seed), History()
    for id_, name in enumerate(ALERTNAMES, 1):
        labels = f'{{"alertname":"{name}","job":"x"}}' if name else '{"job":"x"}'
        history.alerts.append({"id": id_, "identity": f"{id_}", "serial": id_, "labels": labels})
    spare = (end - start) / 4
    for number in range(1001, 1001 + count):
        opened = chance.uniform(start - spare, end + spare)
        if chance.random() < 0.1:
            opened = chance.choice([start, end])
        _add_incident(history, chance, number, round(opened, 3))
    return history


def _add_incident(history: History, chance: random.Random, number: int, opened: float) -> None:
    severity = chance.choice(list(SEVERITIES))
    by_alertname = chance.random() < 0.5
    name = chance.choice(ALERTNAMES[:-1])
    resolved = round(opened + chance.choice([0.0, 60.0, 4000.0, 1e5]), 3)
    memory = {
        "since": chance.choice([None, opened - 90.0, resolved + 30.0]),
        "missed_at": chance.choice([None, opened + 900.0]),
        "flapping_told_at": chance.choice([None, None, opened]),
    }
    history.incidents.append({
        "number": number, "opened_at": opened, "severity": severity,
        "resolved_at": chance.choice([None, resolved, resolved]),
        "team": chance.choice(["", "billing", "platform"]),
        "receiver": chance.choice(["everyone", "billing"]),
        "route_id": chance.choice(["root", "root/1"]),
        "group_hash": f"{number}", "group_key": f"{number}",
        "group_labels": {"alertname": name} if by_alertname else {"job": "x"}, "memory": memory,
    })  # fmt: skip
    for alert in chance.sample(range(1, len(ALERTNAMES) + 1), chance.randint(1, 3)):
        history.members.append({"incident": number, "alert": alert})
    at = opened
    for _ in range(chance.randint(0, 6)):
        at += chance.choice([0.0, 30.0, 299.0, 301.0, 5000.0])
        _add_notice(history, chance, number, SEVERITIES[severity], at)
    for _ in range(chance.choice([0, 0, 1, 2, 3, 5])):
        at = opened + chance.uniform(0.0, 3000.0)
        action, person = chance.choice(ACTIONS), chance.choice(PEOPLE)
        kind = chance.choice(["person", "person", "vendor", "system"])
        history.acks.append(
            {"incident": number, "action": action, "person": person, "at": at, "kind": kind}
        )


def _add_notice(history: History, chance: random.Random, number: int, rank: int, at: float) -> None:
    state = chance.choice(["sent"] * 5 + ["dead", "pending", "cancelled", "folded"])
    id_ = len(history.notices) + 1
    notice = {
        "id": id_, "incident": number, "person": chance.choice([None, *PEOPLE]), "rank": rank,
        "kind": chance.choice(KINDS), "quiet": chance.random() < 0.2, "created_at": at,
        "state": state, "outcome": "accepted", "sent_at": None, "folded_into": None,
    }  # fmt: skip
    if state == "sent":
        notice["sent_at"] = at + chance.choice([0.0, 1.5])
        notice["outcome"] = chance.choice(["accepted"] * 4 + ["printed"])
    if state == "folded":
        digest = {**notice, "id": id_ + 1, "incident": None, "kind": "digest", "state": "sent"}
        digest["sent_at"] = at + 7.0
        digest["outcome"] = chance.choice(["accepted", "printed"])
        history.notices.append(digest)
        notice["folded_into"] = id_ + 1
    history.notices.append(notice)


def _write(
    tx: Tx, table: Table, rows: Sequence[Mapping[str, Any]], defaults: Mapping[str, Any]
) -> None:
    columns = list({**defaults, **{name: None for row in rows for name in row}})
    full = [{**defaults, **row} for row in rows]
    tx.write_rows(
        insert(table, columns), [tuple(_stored(row.get(n)) for n in columns) for row in full]
    )


def _stored(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value


_ALERT = {
    "starts_at": 0.0, "ends_at": 1.0, "updated_at": 0.0, "timeout": False, "inhibits": False,
    "source": "test", "generator_url": "", "annotations": "{}", "received_start": False,
}  # fmt: skip
_INCIDENT = {
    "state": "resolved", "urgency": 1, "rank": 1, "title": "", "suppressed": False,
}  # fmt: skip
_NOTICE = {
    "channel": "email", "target_key": "email:x", "reason": "first", "attempts": 1, "perhaps": 0,
    "owner": "", "facts_id": 1, "fell_back": False, "detail": "", "target": "{}",
}  # fmt: skip
_ACK = {"via": "cli", "kind": "person", "verified": False}
