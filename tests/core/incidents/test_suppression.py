"""Suppressions: their sentences, states and JSON."""

from dataclasses import replace

import pytest

from gateway.core.incidents import suppression
from gateway.core.incidents.incident import SUPPRESSED, Incident
from gateway.core.incidents.suppression import (
    Suppression,
    SuppressReason,
    from_json,
    suppressions_text,
    to_json,
)

INCIDENT = Incident(1, "key", "route", "billing", {}, 0.0, None)


def test_suppression_is_written_as_a_sentence() -> None:
    """The sentence says by whom, until when in the reader's zone, and why."""
    silence = Suppression(SuppressReason.SILENCED, "ben", 1_800_000_000.0, "deploy")
    rule = Suppression(SuppressReason.INHIBITED, "database-down")
    assert suppressions_text([silence, rule], "Europe/Berlin") == (
        "silenced by ben until 2027-01-15 09:00 CET: deploy, inhibited by database-down"
    )
    assert suppressions_text([], "UTC") == ""


@pytest.mark.parametrize("reason", SuppressReason)
def test_changed_sentence_changes_no_state(
    reason: SuppressReason, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists show the same state whichever sentences are configured."""
    incident = replace(INCIDENT, suppressions=(Suppression(reason, "x"),))
    before = (incident.list_state, incident.suppressed)
    monkeypatch.setattr(suppression, "_TEXTS", dict.fromkeys(SuppressReason, "inhibited by {by}"))
    assert (incident.list_state, incident.suppressed) == before
    listed = {
        SuppressReason.SILENCED,
        SuppressReason.INHIBITED,
        SuppressReason.MUTED,
        SuppressReason.SNOOZED,
        SuppressReason.MERGED,
        SuppressReason.OUTSIDE_ACTIVE,
    }
    assert (incident.list_state == SUPPRESSED) is (reason in listed)


@pytest.mark.parametrize("reason", SuppressReason)
def test_suppression_survives_its_json(reason: SuppressReason) -> None:
    """The store's JSON loses no field."""
    one = Suppression(reason, "by", 5.0, "comment")
    assert from_json(to_json(one)) == one
