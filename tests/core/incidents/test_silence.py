"""What a silence matches, when it may be changed, and what is refused."""

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
    return Silence(
        name, matchers or (BILLING,), NOW + start, NOW + end, NOW, "ana", "database maintenance"
    )


@pytest.mark.parametrize(
    ("zone", "until"),
    [("UTC", "2027-01-15 09:00 UTC"), ("Europe/Berlin", "2027-01-15 10:00 CET")],
)
def test_words_of_a_silence_name_its_end_in_the_zone_asked_for(zone: str, until: str) -> None:
    """A recorded reason has its time in the zone of the business hours, as the page has."""
    assert silence().words(zone) == f"ana until {until}: database maintenance"


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_words_of_the_longest_silence_can_be_written_in_any_zone(zone: str) -> None:
    """The end of a silence may be the last instant that is accepted, and is still written."""
    assert "until 999" in replace(silence(), ends_at=LATEST).words(zone)


@pytest.mark.parametrize(
    ("at", "state"),
    [(-1.0, "pending"), (0.0, "active"), (HOUR - 0.001, "active"), (HOUR, "expired")],
)
def test_states(at: float, state: str) -> None:
    """The start is silenced, the end is not."""
    assert silence().state(NOW + at) == state


@pytest.mark.parametrize(
    ("wrong", "field"),
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
def test_refused(wrong: Silence, field: str) -> None:
    """What cannot be meant, or kept, is refused; the error names the field."""
    with pytest.raises(SilenceError) as refused:
        validate(wrong)
    assert refused.value.field == field


def test_allowed() -> None:
    """One matcher that does not match the empty text is enough; line breaks are text."""
    validate(silence(BILLING, Matcher("env", "!=", "test")))
    validate(silence(Matcher("team", "!=", "billing")))  # as recorded of Alertmanager
    validate(replace(silence(), comment="two\nlines \N{SNOWMAN}"))


def test_the_index_finds_what_asking_each_would_find() -> None:
    """A silence with an equality is found by it; one with patterns only is asked; the longest
    comes first; a pending one keeps nobody quiet."""
    known = [
        silence(BILLING, name="equal"),
        silence(Matcher("team", "=~", "bil.*"), name="pattern", end=2 * HOUR),
        silence(BILLING, Matcher("severity", "=", "info"), name="narrow"),
        silence(Matcher("team", "=", "platform"), name="other"),
        silence(BILLING, name="pending", start=60.0),
    ]
    found = SilenceIndex(known).silencing({"team": "billing", "severity": "warning"}, NOW)
    assert [one.id for one in found] == ["pattern", "equal"]
    assert SilenceIndex(known).silencing({"team": "billing"}, NOW + 3 * HOUR) == []
    assert not SilenceIndex(())


def test_an_update_keeps_what_already_silenced() -> None:
    """Alertmanager's rule: matchers and a start that has passed stay, the end may move."""
    active, pending = silence(), silence(start=60.0)
    assert can_update(active, replace(active, ends_at=NOW + 9 * HOUR, comment="longer"), NOW + 5)
    assert not can_update(active, replace(active, starts_at=NOW + 30.0), NOW + 5)
    shown = replace(active, starts_at=NOW - 0.0004)  # written as NOW, in milliseconds
    assert can_update(shown, active, NOW + 5)
    assert not can_update(active, replace(active, matchers=(Matcher("a", "=", "b"),)), NOW + 5)
    assert not can_update(active, active, NOW + 2 * HOUR)
    assert can_update(pending, replace(pending, starts_at=NOW + 30.0), NOW)
    assert not can_update(pending, replace(pending, starts_at=NOW - 30.0), NOW)


def test_expired() -> None:
    """An active one ends now, a pending one never begins, an ended one stays as it was."""
    assert expired(silence(), NOW + 5).ends_at == NOW + 5
    never = expired(silence(start=60.0), NOW + 5)
    assert (never.starts_at, never.ends_at, never.state(NOW + 70)) == (NOW + 5, NOW + 5, "expired")
    over = silence()
    assert expired(over, NOW + 2 * HOUR) is over
