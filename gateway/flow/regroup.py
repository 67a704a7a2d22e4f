"""After a reload: alerts whose routes changed move to the incidents they now belong to.

What stays where it was keeps its incident, its timers and its acknowledgement (E8). What moved
opens or joins another incident; the one it left ends when nothing in it burns any more, and
whoever was told by it is told so.
"""

from dataclasses import replace

from gateway.core.incident import Incident
from gateway.core.matcher import matches_all
from gateway.core.plan import Plan
from gateway.core.routing import group_labels, match_routes
from gateway.flow.intake import Batch, incident_key, place
from gateway.store import Tx, alerts, incidents, members

PAGE = 500


def regroup_page(tx: Tx, plan: Plan, after: str, now: float) -> tuple[str | None, Batch]:
    """Look at one page of the alerts that burn; returns where to go on, None at the end."""
    page = alerts.page_active(tx, now, after, PAGE)
    done = Batch()
    if not page:
        return None, done
    alerts.set_inhibits(
        tx,
        [
            (a.identity, any(matches_all(r.source, a.labels) for r in plan.inhibit_rules))
            for a in page
        ],
    )
    alerts.bump_inhibit_version(tx)
    numbers = members.open_numbers_of(tx, [alert.identity for alert in page])
    involved = incidents.many(tx, sorted({n for found in numbers.values() for n in found}))
    leaving: list[tuple[int, str]] = []
    for alert in page:
        wanted = {
            incident_key(route, group_labels(route, alert.labels))
            for route in match_routes(plan.root, alert.labels)
        }
        for number in numbers.get(alert.identity, ()):
            if involved[number].group_key not in wanted:
                leaving.append((number, alert.identity))
    members.leave(tx, leaving)
    place(tx, page, plan, now, done)
    left = {number for number, _ in leaving}
    incidents.save(
        tx,
        [
            replace(i, due_at=now, tick_at=min(i.tick_at, now))
            for i in (involved[number] for number in sorted(left))
        ],
    )
    follow_receivers(tx, [i for n, i in involved.items() if n not in left], plan)
    return page[-1].identity, done


def follow_receivers(tx: Tx, kept: list[Incident], plan: Plan) -> None:
    """An incident that stays speaks to the receiver that its route now names."""
    changed = [
        replace(incident, receiver=plan.routes[incident.route_id].receiver)
        for incident in kept
        if incident.route_id in plan.routes
        and plan.routes[incident.route_id].receiver != incident.receiver
    ]
    incidents.save(tx, changed)
