"""People, rotas and escalations as the core gets them from the file."""

from datetime import date, time

from gateway.core.oncall.rota import Handover, Layer, Override, Restriction, on_call
from gateway.core.plan.person import Contact, Person
from gateway.core.plan.plan import Escalation, Step
from gateway.core.time.timestamps import parse_rfc3339
from tests.config.texts import REST, faults, loaded
from tests.core.turns import one_each

PEOPLE = "people: {ana: {name: Ana, email: ana@example.com, timezone: Europe/Berlin}, ben: }\n"


def test_people_are_known_by_their_ids() -> None:
    """A person without a name is called by the id."""
    people = loaded(PEOPLE + REST).plan.people
    email = Contact("email", "email", "ana@example.com", "email")
    assert people["ana"] == Person("ana", "Ana", {"email": email}, "Europe/Berlin")
    assert people["ben"] == Person("ben", "ben")


def test_a_rota_in_an_admins_words() -> None:
    """Rotations, handovers, restrictions and overrides are read as they are said."""
    config = loaded(
        PEOPLE + "rotas:\n"
        "  billing:\n"
        "    timezone: Europe/Berlin\n"
        "    layers:\n"
        "      - {members: [ana, ben], start: 2026-01-05, handover: Mon 09:00}\n"
        "      - members: [ben]\n"
        "        rotate: 2 days\n"
        "        start: 2026-01-05 12:00\n"
        "        restrictions: [{weekdays: [mon..fri, Sunday], from: 18:00, to: 08:00}]\n"
        "    overrides:\n"
        "      - {person: ben, from: 2026-07-01 09:00, to: 2026-07-01T12:00:00Z, replaces: ana}\n"
        "      - {person: ana, from: 2026-07-02, to: 2026-07-03, beside: true}\n" + REST
    )
    rota = config.plan.rotas["billing"]
    first, second = rota.layers
    assert first == Layer(
        one_each(("ana", "ben")), 1, "week", Handover(time(9), 0), date(2026, 1, 5)
    )
    assert (second.every, second.unit, second.handover) == (2, "day", Handover(time(9)))
    assert second.restrictions == (Restriction((0, 1, 2, 3, 4, 6), time(18), time(8)),)
    swap, company = rota.overrides
    assert swap == Override(
        "ben", parse_rfc3339("2026-07-01T07:00:00Z"), parse_rfc3339("2026-07-01T12:00:00Z"), "ana"
    )
    assert company.beside
    assert on_call(rota, parse_rfc3339("2026-01-06T10:00:00Z")) == ("ana",)


def test_layers_with_names_ends_and_turns_of_several() -> None:
    """A list among the members is one turn, an empty one a turn of nobody."""
    config = loaded(
        PEOPLE + "rotas:\n"
        "  billing:\n"
        "    layers:\n"
        "      - {name: base, members: [[ana, ben], ben, []], start: 2026-01-05, end: 2026-07-01}\n"
        + REST
    )
    (layer,) = config.plan.rotas["billing"].layers
    assert layer.turns == (("ana", "ben"), ("ben",), ())
    assert (layer.name, layer.end) == ("base", date(2026, 7, 1))


def test_layers_that_cannot_be_meant_are_errors() -> None:
    """Promise 6: Line and key of a repeated name, an end before the start, and empty turns."""
    start = PEOPLE + "rotas:\n  billing:\n    layers:\n"
    layer = "      - {name: base, members: [ana], start: 2026-01-05}\n"
    assert "declared twice: first in line 5" in str(faults(start + layer + layer + REST)[0])
    ended = "      - {members: [ana], start: 2026-01-05, end: 2026-01-05}\n"
    assert "ends at or before its start" in str(faults(start + ended + REST)[0])
    nobody = "      - {members: [[], []], start: 2026-01-05}\n"
    assert "nobody is named" in str(faults(start + nobody + REST)[0])
    unknown = "      - {members: [[ana, bem]], start: 2026-01-05}\n"
    assert 'unknown person "bem"' in str(faults(start + unknown + REST)[0])


def test_an_escalation_may_be_only_its_steps() -> None:
    """A list of steps, and the long form with a repeat, say the same."""
    config = loaded(
        PEOPLE + "escalations:\n"
        "  short: [{notify: person:ana, by: email, wait: 15m}, {notify: ['receiver:all']}]\n"
        "  long: {steps: [{notify: ['person:ana', 'person:ben']}], repeat: 2}\n"
        "receivers: [{name: all, escalate: short}, {name: b, escalate: long, fallback: all}]\n"
        "route: {receiver: all, routes: [{receiver: b}]}\n"
    )
    short, long = config.plan.escalations["short"], config.plan.escalations["long"]
    assert short == Escalation(
        "short", (Step(("person:ana",), ("email",), 900.0), Step(("receiver:all",)))
    )
    assert (long.steps, long.repeat) == ((Step(("person:ana", "person:ben")),), 2)
    assert config.plan.receivers["b"].escalate == "long"
    assert config.plan.receivers["b"].fallback == "all"
