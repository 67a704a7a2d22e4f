"""Two reports of one alert become one alert."""

from dataclasses import replace

from gateway.core.alerts.alert import Alert, merge

NOW = 1000.0
FIRING = Alert(
    identity="x",
    labels={"alertname": "X"},
    annotations={"summary": "it burns", "runbook_url": "https://runbooks.example.com/x"},
    starts_at=900.0,
    ends_at=None,
    generator_url="https://prometheus.example.com/graph",
    source="prometheus",
    updated_at=910.0,
)
RESOLVED = replace(
    FIRING, annotations={}, generator_url="", ends_at=990.0, updated_at=995.0, source="alertmanager"
)


def test_an_end_at_this_instant_counts() -> None:
    """An alert is over from its end on, as in Alertmanager."""
    assert not FIRING.is_resolved(NOW)
    assert FIRING.resolved_at(NOW) is None
    assert not RESOLVED.is_resolved(989.9)
    assert RESOLVED.is_resolved(990.0)
    assert RESOLVED.resolved_at(990.0) == 990.0


def test_a_resolve_without_annotations_keeps_the_last_known_ones() -> None:
    """The resolved message still has the runbook and the link to the source (E32)."""
    merged = merge(FIRING, RESOLVED, NOW)
    assert merged.ends_at == 990.0
    assert merged.annotations == FIRING.annotations
    assert merged.generator_url == FIRING.generator_url
    assert merged.source == "alertmanager"


def test_a_resolve_with_annotations_keeps_its_own() -> None:
    """Only what is missing is filled in."""
    resolved = replace(RESOLVED, annotations={"summary": "over"})
    assert merge(FIRING, resolved, NOW).annotations == {"summary": "over"}


def test_a_firing_report_without_annotations_has_none() -> None:
    """While an alert fires its latest report counts as it is, also when it says less."""
    later = replace(FIRING, annotations={}, updated_at=950.0)
    assert merge(FIRING, later, NOW).annotations == {}


def test_the_order_of_arrival_does_not_matter() -> None:
    """A report that was overtaken on its way changes nothing of what came later (Promise 4)."""
    assert merge(RESOLVED, FIRING, NOW) == merge(FIRING, RESOLVED, NOW)


def test_the_earliest_start_is_kept() -> None:
    """A source that restarted and forgot since when does not make an alert younger."""
    later = replace(FIRING, starts_at=940.0, updated_at=950.0)
    assert merge(FIRING, later, NOW).starts_at == 900.0


def test_a_new_episode_has_its_own_start() -> None:
    """An alert that comes back after its end is not one that has burned all the time (E20)."""
    again = replace(FIRING, starts_at=1200.0, updated_at=1201.0)
    merged = merge(RESOLVED, again, 1201.0)
    assert merged == again


def test_the_delayed_end_of_a_former_episode_does_not_end_the_present_one() -> None:
    """A resolve that was overtaken by the next firing silences nothing (Promise 4, E10)."""
    again = replace(FIRING, starts_at=1200.0, updated_at=1201.0)
    late = replace(RESOLVED, updated_at=1210.0)
    merged = merge(again, late, 1211.0)
    assert not merged.is_resolved(1211.0)
    assert merged == replace(again, updated_at=1210.0)


def test_an_end_that_was_sent_outlives_one_that_was_guessed() -> None:
    """An end inferred from the resolve timeout gives way to one that a source stated."""
    stated = replace(FIRING, ends_at=1300.0)
    guessed = replace(FIRING, ends_at=1200.0, timeout=True, updated_at=950.0)
    assert (merge(stated, guessed, NOW).ends_at, merge(stated, guessed, NOW).timeout) == (
        1300.0,
        False,
    )
    guessed_first = replace(guessed, ends_at=1300.0, updated_at=905.0)
    stated_later = replace(stated, ends_at=1200.0)
    assert merge(guessed_first, stated_later, NOW).ends_at == 1200.0


def test_of_two_ends_in_the_past_the_later_counts() -> None:
    """Two sources that saw the same end a little apart agree on the later one."""
    earlier = replace(RESOLVED, ends_at=980.0, updated_at=996.0)
    assert merge(RESOLVED, earlier, NOW).ends_at == 990.0


def test_a_resolve_that_ends_before_it_starts_still_resolves() -> None:
    """A source whose clock is off can still end its alert (E35)."""
    skewed = replace(RESOLVED, starts_at=999.0, ends_at=950.0)
    merged = merge(FIRING, skewed, NOW)
    assert merged.is_resolved(NOW)
    assert merged.starts_at == 900.0


RECEIVED = replace(FIRING, starts_at=910.0, received_start=True)
EARLY_END = replace(RESOLVED, starts_at=890.0, ends_at=890.0, received_start=True)


def test_a_resolve_before_a_start_that_was_ours_ends_the_alert() -> None:
    """A sender without starts whose clock is slow ends its alerts too: at the receipt (E35)."""
    merged = merge(RECEIVED, EARLY_END, NOW)
    assert (merged.starts_at, merged.ends_at) == (910.0, 995.0)
    assert merged.annotations == FIRING.annotations
    given = replace(EARLY_END, starts_at=880.0, received_start=False)
    assert merge(RECEIVED, given, NOW).ends_at == 995.0


def test_a_resolve_before_a_start_that_was_sent_is_of_the_episode_before() -> None:
    """By the sender's own clock it is older, and does not silence the present episode."""
    assert merge(FIRING, EARLY_END, NOW).ends_at is None


def test_a_resolve_that_was_overtaken_by_a_new_firing_ends_nothing() -> None:
    """Receipt decides: what was received before the firing is older."""
    assert merge(RECEIVED, replace(EARLY_END, updated_at=905.0), NOW).ends_at is None


def test_the_mark_of_a_start_goes_with_the_start_that_is_kept() -> None:
    """The sender's own start, once it is the earliest, counts as sent."""
    sent = replace(FIRING, starts_at=905.0, updated_at=950.0)
    assert not merge(RECEIVED, sent, NOW).received_start
    later = replace(sent, starts_at=940.0)
    assert merge(RECEIVED, later, NOW).received_start
