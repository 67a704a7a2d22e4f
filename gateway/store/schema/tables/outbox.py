"""Tables of notices: their facts, attempts, recipients and holds."""

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

facts = Table(
    "facts",
    metadata,
    Column("id", KEY, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", KEY, primary_key=True, autoincrement=False),
    # A notice without an incident has a subject, "kind:id". With the target it is the queue. A
    # digest and a test have neither: each is a queue of its own.
    Column("incident", BigInteger),
    Column("channel", Text, nullable=False),  # the account key: "slack", "slack/slack-eu"
    Column("target_key", Text, nullable=False),
    Column("person", Text),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("quiet", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("state", Text, nullable=False),
    # The next attempt while pending, the end of the lease while sending, else null. So a notice is
    # unfinished if this is not null, and the partial indexes below hold unfinished ones only.
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
    Column("subject", Text),
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
_HAS_SUBJECT = text("subject IS NOT NULL")
Index(
    "notices_subject",
    notices.c.subject,
    notices.c.target_key,
    notices.c.id,
    sqlite_where=_HAS_SUBJECT,
    postgresql_where=_HAS_SUBJECT,
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

# For reports: all that they read of accepted notices, so that no row is read. Whole rows of a
# million notices would be 300 MB. An accepted notice costs one more entry, of some 30 bytes.
_ACCEPTED = text("sent_at IS NOT NULL")
Index(
    "notices_accepted",
    notices.c.incident,
    notices.c.person,
    notices.c.sent_at,
    notices.c.rank,
    notices.c.kind,
    notices.c.quiet,
    notices.c.outcome,
    sqlite_where=_ACCEPTED,
    postgresql_where=_ACCEPTED,
)
_FOLDED = text("folded_into IS NOT NULL")
Index(
    "notices_folded",
    notices.c.incident,
    notices.c.folded_into,
    sqlite_where=_FOLDED,
    postgresql_where=_FOLDED,
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", KEY, Identity(), primary_key=True),
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
    Column("thread", Text),  # the receipt's, by which a reply names its incident
    Column("end_notified", Boolean, nullable=False, server_default=false()),
    sqlite_with_rowid=False,
)
_HAS_THREAD = text("thread IS NOT NULL")
Index(
    "recipients_thread",
    recipients.c.thread,
    sqlite_where=_HAS_THREAD,
    postgresql_where=_HAS_THREAD,
)

holds = Table(
    "holds",
    metadata,
    Column("channel", Text, primary_key=True),  # an account key
    Column("scope", Text, primary_key=True),  # a target key, or "" for the whole account
    Column("held_until", Double, nullable=False),
    Column("tried_at", Double, nullable=False),
    sqlite_with_rowid=False,
)
