"""Contacts that cannot be notified, for the page of rotas."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.core.plan.contact_health import UnusableName
from gateway.core.plan.plan import Plan
from gateway.core.plan.target_name import account_label, target_name
from gateway.render.view.clean import clean
from gateway.render.view.times import clock_time
from gateway.web.explain.names import name_of


@dataclass(frozen=True, slots=True)
class UnusableRow:
    """A contact: whose it is, what the vendor said, and since when."""

    who: str
    reason: str
    since: str


def unusable_rows(
    unusable: Iterable[UnusableName], plan: Plan, zone: str, now: float
) -> list[UnusableRow]:
    """Return the contacts that cannot be notified, without secret addresses."""
    return [
        UnusableRow(
            _who(one, plan),
            clean(one.unusable.reason, 200),
            clock_time(one.unusable.since, zone, now),
        )
        for one in unusable
    ]


def _who(one: UnusableName, plan: Plan) -> str:
    if one.person is None:
        return clean(target_name(one.target), 100)
    label = account_label(one.target.channel, one.target.account)
    return f"{name_of(plan, one.person.id)}, {clean(label, 80)}"
