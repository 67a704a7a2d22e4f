"""Tables of incidents: their alerts, timelines and acknowledgements."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    false,
    text,
)

from gateway.store.schema.tables.base import KEY, metadata

incidents = Table(
    "incidents",
    metadata,
    Column("number", KEY, primary_key=True, autoincrement=False),
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
    # Whether lists show a firing incident as suppressed (`Incident.list_state`). It counts only
    # while the state is firing: a replica of an older release acknowledges without resetting it.
    Column("suppressed", Boolean, nullable=False, server_default=false()),
    # The id of the team that it belongs to, empty for none. Decided when it opens.
    Column("team", Text, nullable=False, server_default=text("''")),
    # Whether it is a test (`Incident.test`), which numbers leave out. Decided when it opens.
    Column("test", Boolean, nullable=False, server_default=false()),
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
# The columns of the metrics of open incidents, in the order of their groups: a scrape reads this
# index and no row. It costs some microseconds for each saved incident. Counters that each
# transaction updates would cost as much and could drift. A cached count would still read every row,
# with its `memory`, each time it is renewed.
Index(
    "incidents_standing",
    incidents.c.severity,
    incidents.c.state,
    incidents.c.suppressed,
    incidents.c.team,
    incidents.c.test,
    incidents.c.rank,
    incidents.c.opened_at,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
# For lists in pages, the most urgent first. An open incident is in one of these two indexes.
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
# For reports, which read the incidents that opened in a time span.
Index("incidents_opened_at", incidents.c.opened_at, incidents.c.number)
# The earlier incidents of a group that opens another one.
Index("incidents_group", incidents.c.group_hash, incidents.c.opened_at, incidents.c.number)
Index("incidents_state", incidents.c.state, incidents.c.number)
Index(
    "incidents_team",
    incidents.c.team,
    incidents.c.number,
    sqlite_where=text("team != ''"),
    postgresql_where=text("team != ''"),
)
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

timeline = Table(
    "timeline",
    metadata,
    Column("id", KEY, Identity(), primary_key=True),
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
    Column("id", KEY, Identity(), primary_key=True),
    Column("incident", BigInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("via", Text, nullable=False),
    # Actions of before these columns are those of people whose means is not known to prove it.
    Column("kind", Text, nullable=False, server_default="person"),
    Column("verified", Boolean, nullable=False, server_default=false()),
)
Index("acks_incident", acks.c.incident)
Index("acks_person", acks.c.person, acks.c.at)
