"""A long history, written straight into the database: incidents, notices, actions, episodes."""

import json
import random
import sqlite3
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from gateway.core.incidents.incident import Ack, Incident
from gateway.core.incidents.incident_json import target_to_json, to_json
from gateway.core.plan.plan import Target
from gateway.store.db.statement import dump
from gateway.store.schema.tables import members

PEOPLE = ("ana", "ben", "cho", "dee")
ALERTNAMES = 200
TEAMS = ("billing", "platform", "")
RECEIVERS = {"billing": "billing-critical", "platform": "platform", "": "everyone"}
SEVERITIES = (("critical", 1, 0.2), ("warning", 2, 0.5), ("info", 3, 0.3))
NOTICES_EACH = 10
"""Notices of an incident on average."""

_CHANNELS = ("slack", "email", "email", "slack")


class History:
    """Rows of a history of `incidents` incidents in the `days` before `now`, from a seed.

    An incident has `messages` messages on average, beside its missed and resolved ones.
    """

    def __init__(
        self,
        incidents: int,
        days: float,
        now: float,
        seed: int = 1,
        *,
        messages: int = NOTICES_EACH,
    ) -> None:
        self._random = random.Random(seed)
        self._count, self._messages = incidents, messages
        self._start = now - days * 86400.0
        self._step = days * 86400.0 / incidents
        self._notice = 0
        self.rows: dict[str, list[tuple[Any, ...]]] = {}

    def write(self, path: Path, first: int = 1001) -> None:
        """Write everything into an SQLite file that has the gateway's tables and nothing else."""
        with sqlite3.connect(path) as connection:
            self._write_alerts(connection)
            for batch in self._batches(first):
                for table, (columns, rows) in batch.items():
                    marks = ", ".join("?" * len(columns))
                    connection.executemany(
                        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows
                    )
            last = {
                "alert": ALERTNAMES,
                "incident": first + self._count,
                "notice": self._notice,
                "facts": 1,
            }
            connection.executemany(
                "UPDATE meta SET value = ? WHERE name = ?",
                [(value, name) for name, value in last.items()],
            )
        connection.close()

    def _write_alerts(self, connection: sqlite3.Connection) -> None:
        rows = []
        for number in range(1, ALERTNAMES + 1):
            labels = {"alertname": f"Alert{number:03}", "instance": "web-1", "severity": "critical"}
            text = json.dumps(labels, separators=(",", ":"))
            identity = blake2b(text.encode(), digest_size=16).hexdigest()
            rows.append(
                (number, identity, 0.0, 1.0, 1.0, 0, 0, "alertmanager", "", text, "{}", number, 0)
            )
        columns = (
            "id, identity, starts_at, ends_at, updated_at, timeout, inhibits, source,"
            " generator_url, labels, annotations, serial, received_start"
        )
        marks = ", ".join("?" * 13)
        connection.executemany(f"INSERT INTO alerts ({columns}) VALUES ({marks})", rows)
        connection.execute("INSERT INTO facts (id, body) VALUES (1, '{}')")

    def _batches(self, first: int) -> Iterator[dict[str, Any]]:
        for begin in range(0, self._count, 5000):
            batch: dict[str, Any] = {name: (columns, []) for name, columns in _COLUMNS.items()}
            for index in range(begin, min(begin + 5000, self._count)):
                self._incident(batch, first + index, self._start + index * self._step)
            yield batch

    def _incident(self, batch: dict[str, Any], number: int, opened: float) -> None:
        chance = self._random
        ((severity, rank, _),) = chance.choices(SEVERITIES, [one[2] for one in SEVERITIES])
        team = chance.choice(TEAMS)
        alert = min(int(chance.paretovariate(1.0)), ALERTNAMES)
        messages = chance.randint(1, 2 * self._messages - 1)
        resolved = opened + max(chance.expovariate(1 / 3600.0), messages * 300.0)
        acked = opened + chance.expovariate(1 / 600.0) if chance.random() < 0.6 else None
        if acked is not None and acked > resolved:
            acked = None
        respond_by = opened + 900.5
        missed = respond_by if min(acked or resolved, resolved) > respond_by else None
        ack = None if acked is None else Ack("ana", acked, "link", rank, resolved + 1.0)
        group = f"{{}}:{number}"
        memory = to_json(
            Incident(
                number,
                group,
                "root/0",
                RECEIVERS[team],
                {},
                opened,
                None,
                tick_at=opened,
                notified_at=opened,
                ack=ack,
                notified_targets={one.key: one for one in map(_target, _CHANNELS)},
                respond_by=respond_by,
                beginnings=(opened,),
                since=opened - 60.0,
                missed_at=missed,
            )
        )
        batch["incidents"][1].append((
            number, "resolved", None, rank, opened, resolved, rank, severity, RECEIVERS[team],
            "root/0", blake2b(group.encode(), digest_size=16).hexdigest(), group,
            json.dumps({"alertname": f"Alert{alert:03}", "team": team}), f"Alert{alert:03} {team}",
            dump(memory), 0, team,
        ))  # fmt: skip
        batch["members"][1].append((number, alert, "resolved", opened, None, opened))
        entries = [(number, opened, "spoke", "first: 1 firing", "{}")]
        if acked is not None:
            person = chance.choice(PEOPLE)
            batch["acks"][1].append((number, "acknowledged", person, acked, "link", "person", 1))
            entries.append((number, acked, "acknowledged", f"by {person} (link): 1 alert", "{}"))
        notified: dict[str, Target] = {}
        announced = False
        for position in range(messages):
            at = opened + position * 300.0
            if missed is not None and missed < at and not announced:
                announced = True
                for target in notified.values():
                    self._add(batch, number, rank, missed, target, "missed", "missed")
            if (target := self._notify(batch, number, rank, at, position, entries)) is not None:
                notified[target.key] = target
        if missed is not None:
            entries.append((number, missed, "missed", "nobody acknowledged in time", "{}"))
            for target in () if announced else notified.values():
                self._add(batch, number, rank, missed, target, "missed", "missed")
        for target in notified.values():
            self._add(batch, number, rank, resolved, target, "resolved", "resolved")
        entries.append((number, resolved, "resolved", f"resolved: {len(notified)} notified", "{}"))
        batch["timeline"][1].extend(entries)

    def _notify(
        self,
        batch: dict[str, Any],
        number: int,
        rank: int,
        at: float,
        position: int,
        entries: list[tuple[Any, ...]],
    ) -> Target | None:
        """Add a message of an incident; return its target, None for one in a hundred given up."""
        chance = self._random
        person = chance.choice(PEOPLE) if chance.random() < 0.3 else None
        target = _target(chance.choice(_CHANNELS), person)
        kind, reason = ("firing", "first") if position == 0 else ("escalation", "escalation")
        dead = chance.random() < 0.01
        self._add(batch, number, rank, at, target, kind, reason, dead=dead)
        if dead:
            data = dump({"notice": self._notice})
            entries.append((number, at, "given up", "could not reach the target", data))
            return None
        return target

    def _add(
        self,
        batch: dict[str, Any],
        number: int,
        rank: int,
        at: float,
        target: Target,
        kind: str,
        reason: str,
        *,
        dead: bool = False,
    ) -> None:
        self._notice += 1
        batch["notices"][1].append((
            self._notice, number, target.channel, target.key, target.person, kind, reason,
            rank, 0, at, "dead" if dead else "sent", None, 1, at, 0, "", 1, int(dead),
            "rejected" if dead else "accepted", "",
            None if dead else at + self._random.random() * 0.4, dump(target_to_json(target)),
        ))  # fmt: skip
        outcome = "rejected" if dead else "accepted"
        batch["attempts"][1].append((self._notice, at, 0.1, outcome, "", 0))


def _target(channel: str, person: str | None = None) -> Target:
    return Target(channel, f"{person or 'alerts'}@example.com", person)


_COLUMNS = {
    "incidents": (
        "number", "state", "due_at", "urgency", "opened_at", "resolved_at", "rank", "severity",
        "receiver", "route_id", "group_hash", "group_key", "group_labels", "title", "memory",
        "suppressed", "team",
    ),
    "members": tuple(members.columns.keys()),
    "acks": ("incident", "action", "person", "at", "via", "kind", "verified"),
    "timeline": ("incident", "at", "kind", "text", "data"),
    "notices": (
        "id", "incident", "channel", "target_key", "person", "kind", "reason", "rank", "quiet",
        "created_at", "state", "next_at", "attempts", "first_attempt_at", "perhaps", "owner",
        "facts_id", "fell_back", "outcome", "detail", "sent_at", "target",
    ),
    "attempts": ("notice", "at", "seconds", "outcome", "detail", "perhaps"),
}  # fmt: skip
