"""Round robin: successive incidents page successive people first."""

from dataclasses import replace
from datetime import date, time

from gateway.core.decide.next_page import next_page
from gateway.core.oncall.rota import Handover, Layer, Override, Rota
from gateway.core.plan.plan import Escalation, Plan, Step
from gateway.core.plan.round_robin import whose_turn
from tests.core.group_simulation import HOUR, MINUTE, START, GroupSimulation, billing_plan
from tests.core.turns import one_each

PEOPLE = ("ana", "ben", "cho")


def plan_of(*steps: Step, repeat: int = 0) -> Plan:
    """Return a plan with Cho, the rota of all three, and an escalation of these steps."""
    plan = billing_plan()
    ana = plan.people["ana"]
    contact = replace(ana.contacts["email"], address="cho@example.com")
    cho = replace(ana, id="cho", name="Cho", contacts={"email": contact})
    layer = Layer(one_each(PEOPLE), 1, "week", Handover(time(9)), date(2026, 1, 5))
    billing = replace(plan.receivers["billing"], targets=())
    return replace(
        plan,
        people={**plan.people, "cho": cho},
        rotas={"billing": Rota("billing", "UTC", (layer,))},
        escalations={"billing": Escalation("billing", steps, repeat)},
        receivers={**plan.receivers, "billing": billing},
    )


EVERYONE = Step(("members:billing",), wait=10 * MINUTE, round_robin=True)


def pages(group: GroupSimulation, seconds: float) -> list[str]:
    """Return who is paged first or by a step in that time, in order."""
    notices = group.advance(seconds)
    return [
        one.to.removeprefix("email:").removesuffix("@example.com")
        for one in notices
        if one.reason in ("first", "escalation")
    ]


def test_successive_incidents_page_successive_people() -> None:
    """Each incident pages one person, in the order of the list, round and round."""
    group = GroupSimulation(plan_of(EVERYONE))
    paged = []
    for name in ("A", "B", "C", "D", "E"):
        group.fire(name)
        paged.append(pages(group, 1.0))
    assert paged == [["ana"], ["ben"], ["cho"], ["ana"], ["ben"]]
    assert "escalated: step 1: Cho (round robin: Cho's turn)" in group.entries()


def test_person_who_is_away_or_unreachable_is_passed_over() -> None:
    """The next one is paged, and the person who returns is next."""
    plan = plan_of(EVERYONE)
    away = Override(None, START - HOUR, START + HOUR, replaces="ana")
    rota = replace(plan.rotas["billing"], overrides=(away,))
    ben = replace(plan.people["ben"], contacts={})
    plan = replace(plan, rotas={"billing": rota}, people={**plan.people, "ben": ben})
    group = GroupSimulation(plan)
    group.fire("A")
    group.fire("B")
    assert pages(group, 1.0) == ["cho", "cho"]
    group.advance(2 * HOUR)
    group.fire("C")
    assert pages(group, 1.0) == ["ana"]


def test_step_that_reaches_nobody_is_not_waited_for() -> None:
    """E27: without any candidate the next step follows at once."""
    steps = (Step(("person:nobody",), wait=HOUR, round_robin=True), Step(("person:ben",)))
    group = GroupSimulation(plan_of(*steps))
    group.fire("A")
    assert pages(group, 1.0) == ["ben"]


def test_repeats_go_to_the_person_who_was_paged() -> None:
    """A repeat two hours later reaches Ana, although others have had turns since."""
    group = GroupSimulation(plan_of(EVERYONE))
    group.fire("A")
    group.advance(MINUTE)
    group.fire("B")
    notices = group.advance(2 * HOUR)
    assert {one.to for one in notices if one.reason == "repeat" and one.at == 2 * HOUR} == {
        "email:ana@example.com"
    }


def test_incident_that_gets_worse_pages_the_same_person() -> None:
    """Ana has it already: a worse severity does not begin another turn."""
    group = GroupSimulation(plan_of(EVERYONE))
    group.fire("A", "warning", region="eu")
    group.advance(MINUTE)
    group.fire("A", "critical", region="us")
    notices = group.advance(MINUTE)
    assert {one.to for one in notices} == {"email:ana@example.com"}


def test_each_round_pages_another_person() -> None:
    """With `repeat:` somebody else is paged while nobody acknowledges."""
    group = GroupSimulation(plan_of(EVERYONE, repeat=3))
    group.fire("A")
    assert pages(group, HOUR) == ["ana", "ben", "cho", "ana"]


def test_next_page_names_those_who_take_turns() -> None:
    """A prediction cannot know whose turn it will be, so it names all of them."""
    group = GroupSimulation(plan_of(Step(("person:ana",), wait=HOUR), EVERYONE))
    group.fire("A")
    group.advance(MINUTE)
    prediction = next_page(group.incident, group.plan, group.now)
    assert prediction is not None
    assert prediction.notify == ("turn:Ana, Ben, Cho",)


def test_new_member_comes_first_and_the_others_keep_their_order() -> None:
    """Anyone without a turn so far comes first; then the one whose turn is the longest ago."""
    assert whose_turn(("ana", "ben", "dee"), ("ana", "ben")) == "dee"
    assert whose_turn(("ana", "ben", "dee"), ("ben", "dee", "ana")) == "ben"
    assert whose_turn(("ana", "ben"), ("ben", "gone", "ana"), ("ben",)) == "ana"
