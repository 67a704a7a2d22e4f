"""Coverage of a rota now and within a day, for metrics and alert rules."""

from gateway.core.proof.coverage import Coverage, coverage
from tests.config.texts import loaded
from tests.core.rota_times import at

HOUR = 3600.0
PLAN = loaded(
    "people: {ana: {email: ana@example.com}, cho: }\n"
    "rotas:\n"
    "  billing:\n"
    "    layers: [{members: [ana], start: 2026-01-05,"
    ' restrictions: [{from: "08:00", to: "20:00"}]}]\n'
    "  office:\n"
    "    gaps: allowed\n"
    "    layers: [{members: [ana], start: 2026-01-05,"
    ' restrictions: [{from: "08:00", to: "20:00"}]}]\n'
    "  platform: {layers: [{members: [[ana, cho]], start: 2026-01-05}]}\n"
    "  ledger: {layers: [{members: [cho], start: 2026-01-05}]}\n"
    "receivers: [{name: nobody}]\nroute: {receiver: nobody}\n"
).plan


def test_coverage_counts_reachable_people_and_the_gap_ahead() -> None:
    """Twelve hours of the night are uncovered, and Cho has no contact."""
    noon = at("2026-01-07T12:00")
    rotas = PLAN.rotas
    assert coverage(PLAN, rotas["billing"], noon) == Coverage("billing", 1, 12 * HOUR)
    assert coverage(PLAN, rotas["billing"], noon + 10 * HOUR) == Coverage("billing", 0, 12 * HOUR)
    assert coverage(PLAN, rotas["platform"], noon) == Coverage("platform", 1, 0.0)
    assert coverage(PLAN, rotas["ledger"], noon) == Coverage("ledger", 0, 24 * HOUR)


def test_allowed_gap_is_no_time_without_coverage() -> None:
    """Nobody is on call, as the file says, and no alert follows from that."""
    office, noon = PLAN.rotas["office"], at("2026-01-07T12:00")
    assert coverage(PLAN, office, noon) == Coverage("office", 1, 0.0)
    night = Coverage("office", 0, 0.0, planned_gap=True)
    assert coverage(PLAN, office, noon + 10 * HOUR) == night
