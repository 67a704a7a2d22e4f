"""The roster of a plan: by what changes of rotas are judged."""

from gateway.core.oncall.roster import Roster
from gateway.core.plan.plan import Plan
from gateway.core.plan.recipients import person_targets


def roster_of(plan: Plan) -> Roster:
    """Return the rotas, the people, and who of them has a contact that can be notified."""
    return Roster(
        rotas=plan.rotas,
        people={id_: person.name for id_, person in plan.people.items()},
        reachable=frozenset(
            id_ for id_, person in plan.people.items() if person_targets(plan, person)
        ),
    )
