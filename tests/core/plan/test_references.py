"""References of escalation steps: whom each kind stands for."""

from dataclasses import replace
from datetime import date, time

import pytest

from gateway.core.oncall.rota import Handover, Layer, Rota
from gateway.core.plan.references import parse_reference, resolve_reference
from tests.core.group_simulation import START, billing_plan
from tests.core.turns import one_each

DUTY = Rota(
    "billing",
    "UTC",
    (Layer(one_each(("ana", "ben")), 1, "day", Handover(time(9)), date(2025, 1, 1)),),
)
LATER = Rota(
    "later", "UTC", (Layer(one_each(("ana",)), 1, "day", Handover(time(9)), date(2090, 1, 1)),)
)
PLAN = replace(billing_plan(), rotas={"billing": DUTY, "later": LATER})


def test_rota_is_one_turn_secondary_the_next_and_members_are_all() -> None:
    """`rota:` is one turn, `secondary:` the next one, `members:` everybody who takes turns."""
    on_call = resolve_reference(PLAN, "rota:billing", START).people
    second = resolve_reference(PLAN, "secondary:billing", START).people
    assert len(on_call) == len(second) == 1
    assert {*on_call, *second} == {"ana", "ben"}
    assert resolve_reference(PLAN, "members:billing", START).people == ("ana", "ben")


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("rota:later", "nobody is on call in rota later"),
        ("secondary:later", "nobody is secondary in rota later"),
        ("members:later", "rota later has no members now"),
        ("members:removed", "rota removed has no members now"),
    ],
)
def test_reference_without_people_says_why(reference: str, why: str) -> None:
    """A reference that stands for nobody has a sentence for the timeline."""
    referents = resolve_reference(PLAN, reference, START)
    assert (referents.people, referents.missing) == ((), why)


def test_receiver_that_is_gone_is_the_roots() -> None:
    """A receiver that a reload removed is replaced by the root route's."""
    receiver = resolve_reference(PLAN, "receiver:removed", START).receiver
    assert receiver is not None
    assert receiver.name == PLAN.root.receiver


def test_unknown_kind_is_refused() -> None:
    """A kind that no checked file has is an error, not an empty answer."""
    with pytest.raises(ValueError, match="squad"):
        parse_reference("squad:billing")
