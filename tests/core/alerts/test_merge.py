"""The merge of two reports of one alert."""

from dataclasses import replace

from gateway.core.alerts.alert import Alert, merge

NOW = 1000.0
FIRING = Alert(
    identity="x",
    labels={"alertname": "X"},
    annotations={"summary": "it fires", "runbook_url": "https://runbooks.example.com/x"},
    starts_at=900.0,
    ends_at=None,
    generator_url="https://prometheus.example.com/graph",
    source="prometheus",
    updated_at=910.0,
)
RESOLVED = replace(
    FIRING, annotations={}, generator_url="", ends_at=990.0, updated_at=995.0, source="alertmanager"
)


def test_alert_is_resolved_from_its_end_on() -> None:
    """As in Alertmanager, an alert is resolved at its endsAt, not only after it."""
    assert not FIRING.is_resolved(NOW)
    assert FIRING.resolved_at(NOW) is None
    assert not RESOLVED.is_resolved(989.9)
    assert RESOLVED.is_resolved(990.0)
    assert RESOLVED.resolved_at(990.0) == 990.0


def test_resolve_without_annotations_keeps_the_last_ones() -> None:
    """E32: The resolved message has the runbook and the link to the source."""
    merged = merge(FIRING, RESOLVED, NOW)
    assert merged.ends_at == 990.0
    assert merged.annotations == FIRING.annotations
    assert merged.generator_url == FIRING.generator_url
    assert merged.source == "alertmanager"


def test_resolve_with_annotations_keeps_its_own() -> None:
    """Only missing annotations are filled in."""
    resolved = replace(RESOLVED, annotations={"summary": "over"})
    assert merge(FIRING, resolved, NOW).annotations == {"summary": "over"}


def test_firing_report_without_annotations_has_none() -> None:
    """The latest firing report counts as it is, also with fewer annotations."""
    later = replace(FIRING, annotations={}, updated_at=950.0)
    assert merge(FIRING, later, NOW).annotations == {}


def test_reports_in_either_order_merge_to_the_same_alert() -> None:
    """Promise 4: A delayed report changes nothing that a later one reported."""
    assert merge(RESOLVED, FIRING, NOW) == merge(FIRING, RESOLVED, NOW)


def test_later_start_keeps_the_earliest() -> None:
    """A source that restarted does not make an alert younger."""
    later = replace(FIRING, starts_at=940.0, updated_at=950.0)
    assert merge(FIRING, later, NOW).starts_at == 900.0


def test_alert_that_fires_again_has_its_new_start() -> None:
    """E20: An alert that fires again after its end has not fired all the time."""
    again = replace(FIRING, starts_at=1200.0, updated_at=1201.0)
    merged = merge(RESOLVED, again, 1201.0)
    assert merged == again


def test_delayed_resolve_of_an_earlier_episode_does_not_resolve() -> None:
    """Promise 4, E10: A resolve that arrives after the next firing report ends nothing."""
    again = replace(FIRING, starts_at=1200.0, updated_at=1201.0)
    late = replace(RESOLVED, updated_at=1210.0)
    merged = merge(again, late, 1211.0)
    assert not merged.is_resolved(1211.0)
    assert merged == replace(again, updated_at=1210.0)


def test_end_from_a_source_replaces_an_inferred_one() -> None:
    """An end inferred from the resolve timeout yields to one that a source sent."""
    sent = replace(FIRING, ends_at=1300.0)
    inferred = replace(FIRING, ends_at=1200.0, timeout=True, updated_at=950.0)
    assert (merge(sent, inferred, NOW).ends_at, merge(sent, inferred, NOW).timeout) == (
        1300.0,
        False,
    )
    inferred_first = replace(inferred, ends_at=1300.0, updated_at=905.0)
    sent_later = replace(sent, ends_at=1200.0)
    assert merge(inferred_first, sent_later, NOW).ends_at == 1200.0


def test_two_past_ends_merge_to_the_later() -> None:
    """Two sources that saw the same end a little apart agree on the later one."""
    earlier = replace(RESOLVED, ends_at=980.0, updated_at=996.0)
    assert merge(RESOLVED, earlier, NOW).ends_at == 990.0


def test_resolve_with_an_end_before_its_start_resolves() -> None:
    """E35: A source with a wrong clock can still resolve its alert."""
    skewed = replace(RESOLVED, starts_at=999.0, ends_at=950.0)
    merged = merge(FIRING, skewed, NOW)
    assert merged.is_resolved(NOW)
    assert merged.starts_at == 900.0


RECEIVED = replace(FIRING, starts_at=910.0, received_start=True)
EARLY_END = replace(RESOLVED, starts_at=890.0, ends_at=890.0, received_start=True)


def test_resolve_before_a_received_start_ends_at_the_receipt() -> None:
    """E35: A sender without starts and with a slow clock resolves its alerts too."""
    merged = merge(RECEIVED, EARLY_END, NOW)
    assert (merged.starts_at, merged.ends_at) == (910.0, 995.0)
    assert merged.annotations == FIRING.annotations
    sent = replace(EARLY_END, starts_at=880.0, received_start=False)
    assert merge(RECEIVED, sent, NOW).ends_at == 995.0


def test_resolve_before_a_sent_start_belongs_to_an_earlier_episode() -> None:
    """A resolve that the sender's clock dates before the start ends nothing."""
    assert merge(FIRING, EARLY_END, NOW).ends_at is None


def test_resolve_received_before_a_new_firing_ends_nothing() -> None:
    """The order of receipt decides which report is older."""
    assert merge(RECEIVED, replace(EARLY_END, updated_at=905.0), NOW).ends_at is None


def test_received_start_is_marked_only_while_it_is_the_earliest() -> None:
    """The sender's own start, once it is the earliest, counts as sent."""
    sent = replace(FIRING, starts_at=905.0, updated_at=950.0)
    assert not merge(RECEIVED, sent, NOW).received_start
    later = replace(sent, starts_at=940.0)
    assert merge(RECEIVED, later, NOW).received_start
