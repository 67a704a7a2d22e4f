"""The alerts of an incident as they are, or as they were when it was resolved."""

from gateway.core.incidents.incident import Incident, Member, as_resolved
from gateway.store.db.transaction import Tx
from gateway.store.state import episodes, members


def members_of(tx: Tx, incident: Incident) -> list[Member]:
    """Return the alerts of an incident and of those merged into it, in order of identity.

    Those of a resolved incident have the episode that they had in it, although they may have fired
    again since.
    """
    numbers = [incident.number, *incident.responses.merged]
    by_identity: dict[str, Member] = {}
    for several in members.by_incident(tx, numbers).values():
        for member in several:
            by_identity.setdefault(member.alert.identity, member)
    joined = [by_identity[identity] for identity in sorted(by_identity)]
    resolved_at = incident.resolved_at
    if resolved_at is None:
        return joined
    later = [one.alert.identity for one in joined if one.alert.starts_at > resolved_at]
    earlier = episodes.last_before(tx, later, resolved_at) if later else {}
    opened_at = incident.opened_at
    return [
        as_resolved(member, resolved_at, opened_at, earlier.get(member.alert.identity))
        for member in joined
    ]
