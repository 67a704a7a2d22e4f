"""The tables, as the newest migration leaves them; a test compares the two.

Instants are Unix seconds (UTC) as double precision. JSON is TEXT, written by orjson, because no
query reads a part of it. Where an index would need a value of any length it has a digest instead:
PostgreSQL refuses index entries over 2,704 bytes ("index row size exceeds btree maximum").
"""

from gateway.store.schema.tables.alert import alerts, rejects, silences
from gateway.store.schema.tables.announced import announced_shifts
from gateway.store.schema.tables.base import COUNTERS, FIRST_INCIDENT, meta, metadata
from gateway.store.schema.tables.calendar import calendars
from gateway.store.schema.tables.change import rota_changes, swaps
from gateway.store.schema.tables.contact import callbacks, unusable_contacts
from gateway.store.schema.tables.drill import drill_runs
from gateway.store.schema.tables.duty import duty_records
from gateway.store.schema.tables.episode import episodes
from gateway.store.schema.tables.feed import feeds
from gateway.store.schema.tables.follow_up import follow_ups
from gateway.store.schema.tables.heartbeat import heartbeats
from gateway.store.schema.tables.incident import acks, incidents, members, timeline
from gateway.store.schema.tables.link_check import link_checks
from gateway.store.schema.tables.outbox import attempts, facts, holds, notices, recipients
from gateway.store.schema.tables.round_robin import round_robin
from gateway.store.schema.tables.system_change import system_changes
from gateway.store.schema.tables.turns import rota_turns
from gateway.store.schema.tables.vendor_incident import vendor_incidents
from gateway.store.schema.tables.verification import downtimes, verifications

__all__ = [
    "COUNTERS",
    "FIRST_INCIDENT",
    "acks",
    "alerts",
    "announced_shifts",
    "attempts",
    "calendars",
    "callbacks",
    "downtimes",
    "drill_runs",
    "duty_records",
    "episodes",
    "facts",
    "feeds",
    "follow_ups",
    "heartbeats",
    "holds",
    "incidents",
    "link_checks",
    "members",
    "meta",
    "metadata",
    "notices",
    "recipients",
    "rejects",
    "rota_changes",
    "rota_turns",
    "round_robin",
    "silences",
    "swaps",
    "system_changes",
    "timeline",
    "unusable_contacts",
    "vendor_incidents",
    "verifications",
]
