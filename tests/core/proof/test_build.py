"""The proof of a plan: every way in which an urgent alert could reach nobody."""

from gateway.core.plan.plan import Plan
from gateway.core.proof.build import build_proof
from gateway.core.proof.findings import FindingKind, Proof
from gateway.core.time.spans import Span
from tests.config.texts import loaded
from tests.core.rota_times import at

START, END = at("2026-01-05T09:00"), at("2026-03-02T09:00")
DAY = 86400.0
RULED_OUT = FindingKind.RULED_OUT

PEOPLE = """
channels: {email: {provider: console, from: alerts@example.com}}
severities: {critical: {rank: 1, respond_within: 15m}, info: {rank: 3}}
people: {ana: {email: ana@example.com}, ben: {email: ben@example.com}, cho: }
"""
RECEIVERS = """
receivers:
  - {name: everyone, email: [{to: admin@example.com}]}
  - {name: nobody}
  - {name: billing, escalate: billing, fallback: nobody}
route:
  receiver: everyone
  routes: [{matchers: [team="billing"], receiver: billing}]
"""
ESCALATION = 'escalations: {billing: [{notify: ["rota:billing"], wait: 15m}]}\n'


def plan(rotas: str, escalation: str = ESCALATION, receivers: str = RECEIVERS) -> Plan:
    """Return the plan of a file with these rotas."""
    return loaded(PEOPLE + "rotas:\n" + rotas + escalation + receivers).plan


def kinds(proof: Proof) -> list[FindingKind]:
    """Return the kinds of findings in order."""
    return [finding.kind for finding in proof.findings]


ALWAYS = "  billing: {layers: [{members: [ana, ben], start: 2026-01-05}]}\n"
OFFICE = (
    "  billing: {layers: [{members: [ana, ben], start: 2026-01-05,"
    ' restrictions: [{from: "00:00", to: "23:30"}]}]}\n'
)


def test_complete_rota_has_no_finding() -> None:
    """Somebody is on call at each minute, and each of them has an address."""
    proof = build_proof(plan(ALWAYS), START, END)
    assert proof.findings == ()
    assert proof.ok


def test_allowed_gaps_leave_only_what_reaches_nobody() -> None:
    """The rota's gaps are meant; that a critical alert is lost in them is not."""
    allowed = OFFICE.replace("{layers:", "{gaps: allowed, layers:")
    proof = build_proof(plan(allowed), START, END)
    assert FindingKind.UNCOVERED not in kinds(proof)
    assert kinds(proof)[0] is FindingKind.NOBODY_NOTIFIED
    caught = plan(allowed, receivers=RECEIVERS.replace("fallback: nobody", "fallback: everyone"))
    assert FindingKind.UNCOVERED not in kinds(build_proof(caught, START, END))


def test_half_hour_without_anybody_names_rota_route_and_escalation() -> None:
    """Each of the 56 half hours before midnight is found, to the minute."""
    proof = build_proof(plan(OFFICE), START, END)
    assert kinds(proof) == [
        FindingKind.NOBODY_NOTIFIED,
        FindingKind.UNCOVERED,
        FindingKind.ESCALATION_ENDS,
    ]
    route, rota, _ = proof.findings
    assert route.route == '{}/{team="billing"}/0'
    assert (route.other, rota.rota) == ("billing", "billing")
    assert route.spans == rota.spans
    assert len(route.spans) == 56
    assert route.spans[0] == Span(at("2026-01-05T23:30"), at("2026-01-06T00:00"))
    assert not proof.ok


def test_later_step_or_fallback_with_a_target_closes_the_hole() -> None:
    """A step that reaches nobody is not waited for, so the next one counts at once."""
    steps = 'escalations: {billing: [{notify: ["rota:billing"]}, {notify: ["person:ben"]}]}\n'
    assert kinds(build_proof(plan(OFFICE, steps), START, END)) == [FindingKind.UNCOVERED]
    fallback = RECEIVERS.replace("fallback: nobody", "fallback: everyone")
    assert kinds(build_proof(plan(OFFICE, receivers=fallback), START, END)) == [
        FindingKind.UNCOVERED
    ]


def test_route_of_lesser_severities_is_not_reported() -> None:
    """Info may wait for somebody; nobody is woken by it."""
    lesser = RECEIVERS.replace('team="billing"', 'severity="info"')
    proof = build_proof(plan(OFFICE, receivers=lesser), START, END)
    assert FindingKind.NOBODY_NOTIFIED not in kinds(proof)


def test_person_without_an_address_is_reported_with_the_shifts() -> None:
    """Cho has neither e-mail nor Slack, and every second week is hers."""
    rotas = "  billing: {layers: [{members: [ana, cho], start: 2026-01-05}]}\n"
    proof = build_proof(plan(rotas), START, END)
    assert kinds(proof)[:2] == [FindingKind.NOBODY_NOTIFIED, FindingKind.UNREACHABLE]
    person = proof.findings[1]
    assert (person.person, person.rota) == ("cho", "billing")
    assert person.spans[0] == Span(at("2026-01-12T09:00"), at("2026-01-19T09:00"))
    assert len(person.spans) == 4


def test_person_in_two_rotas_at_once_is_a_warning() -> None:
    """Both rotas are named with exact times, and neither loses a page."""
    rotas = ALWAYS + "  platform: {layers: [{members: [ben, ana], start: 2026-01-12}]}\n"
    proof = build_proof(plan(rotas), at("2026-01-05T09:00"), at("2026-01-26T09:00"))
    both = [one for one in proof.findings if one.kind is FindingKind.TWO_ROTAS]
    assert {(one.person, one.other) for one in both} == {("ana", "platform"), ("ben", "platform")}
    assert {one.spans for one in both if one.person == "ben"} == {
        (Span(at("2026-01-12T09:00"), at("2026-01-19T09:00")),)
    }


def test_shift_within_an_absence_is_a_warning() -> None:
    """Absences of the file are on the person's wall clock; one for a rota counts in the others."""
    email = "email: ana@example.com"
    away = f"{email}, timezone: Europe/Berlin, away: [{{from: 2026-01-06, to: 2026-01-07}}]"
    text = PEOPLE.replace(email, away) + "rotas:\n" + ALWAYS
    text += (
        "  platform: {layers: [{members: [cho], start: 2026-01-05}],"
        " overrides: [{replaces: ben, from: 2026-01-13, to: 2026-01-14}]}\n"
    )
    proof = build_proof(loaded(text + ESCALATION + RECEIVERS).plan, START, END)
    spans = {(one.person, one.rota): one.spans for one in proof.findings if one.kind is RULED_OUT}
    assert spans == {
        ("ana", "billing"): (Span(at("2026-01-05T23:00"), at("2026-01-06T23:00")),),
        ("ben", "billing"): (Span(at("2026-01-13"), at("2026-01-14")),),
    }


def test_layer_that_never_applies_is_reported() -> None:
    """A later layer without restrictions covers the first one."""
    rotas = (
        "  billing: {layers: [{members: [ana], start: 2026-01-05},"
        " {members: [ben], start: 2026-01-05}]}\n"
    )
    (hidden,) = build_proof(plan(rotas), START, END).findings
    assert (hidden.kind, hidden.rota, hidden.other) == (FindingKind.HIDDEN_LAYER, "billing", "1")


def test_shares_count_hours_nights_weekends_and_holidays() -> None:
    """In two weeks Ana and Ben have seven days each, with 2 days of weekend and 7 nights."""
    text = PEOPLE + "business_hours: {holidays: [2026-01-06]}\nrotas:\n" + ALWAYS + ESCALATION
    proof = build_proof(loaded(text + RECEIVERS).plan, START, START + 14 * DAY)
    ana, ben = proof.shares
    assert (ana.person, ben.person) == ("ana", "ben")
    assert ana.total == ben.total == 7 * DAY
    assert ana.nights == 7 * 9 * 3600.0
    assert ana.weekends == 2 * DAY
    assert (ana.holidays, ben.holidays) == (DAY, 0.0)
    assert (ana.shifts, proof.shares_by_rota["billing"]) == (1, (ana, ben))
