"""Absences of people in routes.yaml."""

from gateway.core.time.spans import Span
from tests.config.texts import REST, faults, loaded
from tests.core.rota_times import at


def test_absences_are_read_in_the_zone_of_the_person() -> None:
    """Overlapping ones are joined."""
    away = "away: [{from: 2026-12-24, to: 2027-01-02}, {from: 2026-12-30 12:00, to: 2027-01-04}]"
    text = f"people: {{ana: {{email: ana@example.com, timezone: Asia/Seoul, {away}}}}}\n" + REST
    (span,) = loaded(text).plan.people["ana"].away
    assert span == Span(at("2026-12-23T15:00"), at("2027-01-03T15:00"))


def test_absence_that_ends_before_it_begins_is_an_error() -> None:
    """Promise 6: With line and key."""
    text = "people:\n  ana:\n    away: [{from: 2027-01-02, to: 2026-12-24}]\n" + REST
    assert "away: it ends at or before its start" in str(faults(text)[0])
