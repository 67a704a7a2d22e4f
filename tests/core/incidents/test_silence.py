"""Matches, states, validation and updates of silences."""

from dataclasses import replace

import pytest

from gateway.core.incidents.silence import (
    LATEST,
    Silence,
    SilenceError,
    SilenceIndex,
    can_update,
    expired,
    validate,
)
from gateway.core.matching.matcher import Matcher

NOW = 1_800_000_000.0
HOUR = 3600.0
BILLING = Matcher("team", "=", "billing")


def silence(
    *matchers: Matcher, name: str = "one", start: float = 0.0, end: float = HOUR
) -> Silence:
    """Return a silence by ana, with `start` and `end` in seconds from NOW."""
    return Silence(
        name, matchers or (BILLING,), NOW + start, NOW + end, NOW, "ana", "database maintenance"
    )


@pytest.mark.parametrize(
    ("zone", "until"),
    [("UTC", "2027-01-15 09:00 UTC"), ("Europe/Berlin", "2027-01-15 10:00 CET")],
)
def test_text_of_a_silence_has_its_end_in_the_requested_zone(zone: str, until: str) -> None:
    """A recorded reason has its time in the zone of the business hours."""
    assert silence().words(zone) == f"ana until {until}: database maintenance"


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_text_of_the_longest_silence_can_be_written_in_any_zone(zone: str) -> None:
    """The last end that is accepted can be written in every zone."""
    assert "until 999" in replace(silence(), ends_at=LATEST).words(zone)


@pytest.mark.parametrize(
    ("at", "state"),
    [(-1.0, "pending"), (0.0, "active"), (HOUR - 0.001, "active"), (HOUR, "expired")],
)
def test_silence_is_active_from_its_start_until_before_its_end(at: float, state: str) -> None:
    """The start of a silence is included, its end is not."""
    assert silence().state(NOW + at) == state


@pytest.mark.parametrize(
    ("invalid", "field"),
    [
        (replace(silence(), matchers=()), "matchers"),
        (silence(Matcher("team", "=~", ".*"), Matcher("x", "=", "")), "matchers"),
        (silence(Matcher("team", "=~", "billing|")), "matchers"),
        (silence(start=10.0, end=9.0), "endsAt"),
        (replace(silence(), ends_at=LATEST + 1), "endsAt"),
        (replace(silence(), gone_for=0.0), "goneFor"),
        (replace(silence(), comment="x" * 4001), "comment"),
        (replace(silence(), created_by="a\x00"), "createdBy"),
        (replace(silence(), comment="\ud800"), "comment"),
        (silence(Matcher("team", "=", "a\x00")), "matchers"),
        (replace(silence(), annotations={"ticket": "\x00"}), "annotations"),
    ],
)
def test_invalid_silence_is_refused_with_its_field(invalid: Silence, field: str) -> None:
    """A silence that cannot be intended, or stored, is refused by field."""
    with pytest.raises(SilenceError) as refused:
        validate(invalid)
    assert refused.value.field == field


def test_valid_silence_is_accepted() -> None:
    """One matcher that does not match the empty text is enough; a comment may have lines."""
    validate(silence(BILLING, Matcher("env", "!=", "test")))
    validate(silence(Matcher("team", "!=", "billing")))  # as recorded of Alertmanager
    validate(replace(silence(), comment="two\nlines \N{SNOWMAN}"))


def test_index_returns_active_matching_silences_longest_first() -> None:
    """Silences are matches by an equality or by patterns alone; pending ones do not match."""
    silences = [
        silence(BILLING, name="equal"),
        silence(Matcher("team", "=~", "bil.*"), name="pattern", end=2 * HOUR),
        silence(BILLING, Matcher("severity", "=", "info"), name="narrow"),
        silence(Matcher("team", "=", "platform"), name="other"),
        silence(BILLING, name="pending", start=60.0),
    ]
    matches = SilenceIndex(silences).silencing({"team": "billing", "severity": "warning"}, NOW)
    assert [one.id for one in matches] == ["pattern", "equal"]
    assert SilenceIndex(silences).silencing({"team": "billing"}, NOW + 3 * HOUR) == []
    assert not SilenceIndex(())


def test_update_of_an_active_silence_keeps_matchers_and_start() -> None:
    """As in Alertmanager, matchers and a past start stay, and the end may move."""
    active, pending = silence(), silence(start=60.0)
    assert can_update(active, replace(active, ends_at=NOW + 9 * HOUR, comment="longer"), NOW + 5)
    assert not can_update(active, replace(active, starts_at=NOW + 30.0), NOW + 5)
    shown = replace(active, starts_at=NOW - 0.0004)  # written as NOW, in milliseconds
    assert can_update(shown, active, NOW + 5)
    assert not can_update(active, replace(active, matchers=(Matcher("a", "=", "b"),)), NOW + 5)
    assert not can_update(active, active, NOW + 2 * HOUR)
    assert can_update(pending, replace(pending, starts_at=NOW + 30.0), NOW)
    assert not can_update(pending, replace(pending, starts_at=NOW - 30.0), NOW)


def test_expired_silence_ends_now_unless_it_has_ended() -> None:
    """An active silence ends now, a pending one pending starts, an ended one stays."""
    assert expired(silence(), NOW + 5).ends_at == NOW + 5
    pending = expired(silence(start=60.0), NOW + 5)
    assert (pending.starts_at, pending.ends_at, pending.state(NOW + 70)) == (
        NOW + 5,
        NOW + 5,
        "expired",
    )
    ended = silence()
    assert expired(ended, NOW + 2 * HOUR) is ended
