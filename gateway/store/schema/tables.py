"""The tables. `gateway/store/migrations` brings a database here; a test compares the two.

Instants are unix seconds UTC as double precision. JSON is TEXT, written by orjson: no query
looks into it. A digest stands in where an index would need a value of any length: PostgreSQL
refuses index entries over 2,704 bytes ("index row size exceeds btree maximum").
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    false,
    text,
)

metadata = MetaData()

# SQLite makes a column its row id only when the type is spelled INTEGER.
_KEY = BigInteger().with_variant(Integer(), "sqlite")

FIRST_INCIDENT = 1001

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Counters. Ids are taken from here and not from the database's own sequences: one writer at a
time makes that safe, one statement takes ten thousand, and no number is lost to a rollback."""

COUNTERS = {
    "incident": FIRST_INCIDENT - 1,
    "notice": 0,
    "facts": 0,
    "inhibit_version": 0,
    "silence_version": 0,
    "alert": 0,
}

alerts = Table(
    "alerts",
    metadata,
    # Short, and rising: what refers to an alert by it is written beside what was written last,
    # where an identity would be written anywhere (a third less of a new alert's time on SQLite).
    Column("id", _KEY, primary_key=True, autoincrement=False),
    Column("identity", Text, nullable=False),
    Column("starts_at", Double, nullable=False),
    Column("ends_at", Double),
    Column("updated_at", Double, nullable=False),
    Column("timeout", Boolean, nullable=False),
    Column("inhibits", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("generator_url", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Column("annotations", Text, nullable=False),
    # Goes up with every new firing of a label set, and stays while it burns: what has a higher
    # one than was seen before is new (see gateway.store.queries.active_alerts).
    Column("serial", BigInteger, nullable=False, server_default=text("0")),
    # The start is when we received the report: its order counts then, and not the sender's clock.
    Column("received_start", Boolean, nullable=False, server_default=false()),
)
Index(
    "alerts_inhibiting",
    alerts.c.identity,
    sqlite_where=text("inhibits = 1"),
    postgresql_where=text("inhibits"),
)
Index("alerts_identity", alerts.c.identity, unique=True)
Index("alerts_ends_at", alerts.c.ends_at, alerts.c.serial)
Index("alerts_serial", alerts.c.serial, unique=True)

incidents = Table(
    "incidents",
    metadata,
    Column("number", _KEY, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("due_at", Double),
    Column("urgency", Integer, nullable=False),
    Column("opened_at", Double, nullable=False),
    Column("resolved_at", Double),
    Column("rank", Integer),
    Column("severity", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("route_id", Text, nullable=False),
    Column("group_hash", Text, nullable=False),
    Column("group_key", Text, nullable=False),
    Column("group_labels", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("memory", Text, nullable=False),
    # Whether lists show a firing incident as suppressed (`Incident.list_state`). Read it beside
    # the state only: a replica of an older release acknowledges without resetting it.
    Column("suppressed", Boolean, nullable=False, server_default=false()),
)
_OPEN = text("state != 'resolved'")
Index(
    "incidents_one_open",
    incidents.c.group_hash,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
Index(
    "incidents_due",
    incidents.c.due_at,
    incidents.c.urgency,
    sqlite_where=text("due_at IS NOT NULL"),
    postgresql_where=text("due_at IS NOT NULL"),
)
# All that the metrics ask of open incidents, sorted as they group it: a scrape reads this and no
# row. It costs an incident some microseconds whenever it is made or saved. Counters kept up with
# each transaction would cost as much, and could drift; a count that is remembered for some seconds
# would still read every row, memory and all, each time it is renewed.
Index(
    "incidents_standing",
    incidents.c.severity,
    incidents.c.state,
    incidents.c.suppressed,
    incidents.c.rank,
    incidents.c.opened_at,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
# Lists show the most urgent first, a page at a time. An open incident is in one of these two.
_FIRING = text("state = 'firing'")
_ACKNOWLEDGED = text("state = 'acknowledged'")
Index(
    "incidents_firing_by_urgency",
    incidents.c.suppressed,
    incidents.c.urgency,
    incidents.c.number,
    sqlite_where=_FIRING,
    postgresql_where=_FIRING,
)
Index(
    "incidents_acknowledged_by_urgency",
    incidents.c.state,  # constant, but without it SQLite sorts what `incidents_state` gives
    incidents.c.urgency,
    incidents.c.number,
    sqlite_where=_ACKNOWLEDGED,
    postgresql_where=_ACKNOWLEDGED,
)
Index("incidents_state", incidents.c.state, incidents.c.number)
Index("incidents_receiver", incidents.c.receiver, incidents.c.number)
Index(
    "incidents_resolved_at",
    incidents.c.resolved_at,
    sqlite_where=text("resolved_at IS NOT NULL"),
    postgresql_where=text("resolved_at IS NOT NULL"),
)

members = Table(
    "members",
    metadata,
    Column("incident", BigInteger, primary_key=True),
    Column("alert", BigInteger, primary_key=True),
    Column("told", Text, nullable=False),
    Column("told_starts_at", Double),
    Column("acked_starts_at", Double),
    Column("joined_at", Double, nullable=False),
    sqlite_with_rowid=False,
)
Index("members_alert", members.c.alert)

facts = Table(
    "facts",
    metadata,
    Column("id", _KEY, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", _KEY, primary_key=True, autoincrement=False),
    Column("incident", BigInteger),
    Column("channel", Text, nullable=False),
    Column("target_key", Text, nullable=False),
    Column("person", Text),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("quiet", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("state", Text, nullable=False),
    # While pending: when to try next. While sending: when the lease ends. Else null, so that
    # "unfinished" is "next_at is not null", and the indexes below hold nothing else.
    Column("next_at", Double),
    Column("attempts", Integer, nullable=False),
    Column("first_attempt_at", Double),
    Column("perhaps", Integer, nullable=False),
    Column("owner", Text, nullable=False),
    Column("facts_id", BigInteger, nullable=False),
    Column("fell_back", Boolean, nullable=False),
    Column("folded_into", BigInteger),
    Column("outcome", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("sent_at", Double),
    Column("target", Text, nullable=False),
)
_UNFINISHED = text("next_at IS NOT NULL")
Index(
    "notices_lane",
    notices.c.incident,
    notices.c.target_key,
    notices.c.id,
    sqlite_where=_UNFINISHED,
    postgresql_where=_UNFINISHED,
)
Index(
    "notices_by_rank",
    notices.c.channel,
    notices.c.rank,
    notices.c.id,
    notices.c.next_at,
    notices.c.target_key,
    sqlite_where=_UNFINISHED,
    postgresql_where=_UNFINISHED,
)
Index(
    "notices_by_time",
    notices.c.channel,
    notices.c.next_at,
    sqlite_where=_UNFINISHED,
    postgresql_where=_UNFINISHED,
)
Index(
    "notices_dead",
    notices.c.id,
    sqlite_where=text("state = 'dead'"),
    postgresql_where=text("state = 'dead'"),
)
Index("notices_incident", notices.c.incident, notices.c.id)
Index("notices_facts", notices.c.facts_id)
Index(
    "notices_person",
    notices.c.person,
    notices.c.created_at,
    sqlite_where=text("person IS NOT NULL"),
    postgresql_where=text("person IS NOT NULL"),
)

holds = Table(
    "holds",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("scope", Text, primary_key=True),  # a target key, or "" for the whole account
    Column("held_until", Double, nullable=False),
    Column("tried_at", Double, nullable=False),
    sqlite_with_rowid=False,
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", _KEY, Identity(), primary_key=True),
    Column("notice", BigInteger, nullable=False),
    Column("at", Double, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("perhaps", Boolean, nullable=False),
)
Index("attempts_notice", attempts.c.notice)

recipients = Table(
    "recipients",
    metadata,
    Column("incident", BigInteger, primary_key=True),
    Column("target_key", Text, primary_key=True),
    Column("target", Text, nullable=False),
    Column("heard", Boolean, nullable=False),
    Column("receipt", Text),
    Column("updated_at", Double, nullable=False),
    sqlite_with_rowid=False,
)

timeline = Table(
    "timeline",
    metadata,
    Column("id", _KEY, Identity(), primary_key=True),
    Column("incident", BigInteger, nullable=False),
    Column("at", Double, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("data", Text, nullable=False),
)
Index("timeline_incident", timeline.c.incident, timeline.c.id)

acks = Table(
    "acks",
    metadata,
    Column("id", _KEY, Identity(), primary_key=True),
    Column("incident", BigInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("via", Text, nullable=False),
)
Index("acks_incident", acks.c.incident)
Index("acks_person", acks.c.person, acks.c.at)

rejects = Table(
    "rejects",
    metadata,
    Column("id", _KEY, Identity(), primary_key=True),
    Column("at", Double, nullable=False),
    Column("source", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("remote", Text, nullable=False),
    Column("excerpt", Text, nullable=False),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Text, primary_key=True),
    Column("starts_at", Double, nullable=False),
    Column("ends_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("gone_for", Double),
    Column("created_by", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("matchers", Text, nullable=False),
    Column("annotations", Text, nullable=False),
)
Index("silences_ends_at", silences.c.ends_at)
