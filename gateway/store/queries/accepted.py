"""Conditions on notices: accepted messages, and pages. All that counts them uses these."""

from sqlalchemy import and_, false, or_

from gateway.core.incidents.notice import FIRING_KINDS
from gateway.core.incidents.outbox import PRINTED
from gateway.store.db.statement import literal
from gateway.store.schema.tables import notices

IS_ACCEPTED = and_(
    notices.c.sent_at.is_not(None),
    notices.c.outcome != literal(PRINTED),
    notices.c.quiet == false(),
)
"""A vendor accepted it as a message of its own.

An update in place is no message, and what was printed on the console reached nobody. The index
`notices_accepted` has all of these columns.
"""

IS_PAGE = and_(
    notices.c.person.is_not(None),
    or_(*(notices.c.kind == literal(kind.value) for kind in sorted(FIRING_KINDS))),
)
"""It says to a person's contact that an incident fires. For accepted notices."""
