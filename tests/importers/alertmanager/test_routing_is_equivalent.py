"""Routes, inhibition and time intervals come out as they went in, or doing the same."""

import pytest

from gateway.core.routing.inhibition import same_labels
from gateway.core.routing.match import match_routes, walk
from gateway.core.routing.mutes import never_matches
from gateway.importers.alertmanager.read.source_config import read_source_config
from gateway.importers.alertmanager.write.notes import NoteKind
from gateway.importers.alertmanager.write.translate import translate
from tests.importers.alertmanager.texts import (
    API,
    BILLING,
    REST,
    WIDE,
    imported,
    loaded,
    lost,
    notes,
    proven,
)

EVERY = "receivers: [{name: a}, {name: b}]\nroute: {receiver: a, group_by: [x], routes: [%s]}"


def test_what_can_be_copied_is_copied_with_its_comments() -> None:
    """The admin finds their tree again, letter by letter."""
    old, new = WIDE.read_text(), imported(WIDE).text
    route = old[old.index("route:\n") : old.index("\ninhibit_rules:")].rstrip()
    assert "# day and night" in route
    assert route in new
    assert "# A critical alert keeps the lesser ones quiet." in new
    assert "time_intervals: [{start_time: '09:00', end_time: '17:00'}]" not in old
    assert "  - name: office\n    time_intervals:\n      - times: [{start_time: '09:00'" in new


@pytest.mark.parametrize(
    "text",
    [
        "---\ninhibit_rules: []\nreceivers: [{name: a}]\nroute: {receiver: a} # last\n...\n",
        "{receivers: [{name: a}], route: {receiver: a}, inhibit_rules: []}",
        "receivers: [{name: a}]\r\nroute:\r\n  receiver: a # dos\r\n",
        "\ufeffreceivers: [{name: a}]\nroute: {receiver: a}\ninhibit_rules: []",
        "receivers: [&a {name: a}]\nroute:\n  receiver: a\n  routes: [&b {match: {c: d}}, *b]\n",
        "inhibit_rules: [&m {equal: &e [a]}]\nreceivers: [{name: a}]\n"
        "route: {receiver: a, group_by: *e}",
    ],
)
def test_however_a_file_is_laid_out_the_new_one_loads(text: str) -> None:
    """Documents with marks, braces, other line ends, anchors across sections."""
    translation = translate(read_source_config(text.encode(), "alertmanager.yml"))
    assert loaded(translation).plan.root.receiver == "a"
    assert proven(translation).difference == ""


def test_without_severities_the_times_are_the_trees() -> None:
    """Nothing but what the tree says sets an interval."""
    for file in (BILLING, API, WIDE):
        plan = loaded(imported(file)).plan
        assert not plan.severities
        waits = [one.repeat_interval for one in walk(plan.root)]
        assert waits == [one.repeat_interval for one in walk(imported(file).source_config.root)]


def test_what_looks_like_a_reference_stays_what_it_is() -> None:
    """Alertmanager has no ${NAME}, so it is written as $${NAME} here."""
    translation = imported(EVERY % "{matchers: ['x=\"${HOME}\"'], match: {y: '$${z}'}}")
    (child,) = loaded(translation).plan.root.children
    assert child.matchers == translation.source_config.root.children[0].matchers
    assert {one.value for one in child.matchers} == {"${HOME}", "$${z}"}


def test_an_empty_group_by_below_a_grouped_route_is_kept_and_mentioned() -> None:
    """E31: before 0.31 Alertmanager took the parent's; the admin may run an older one."""
    translation = imported(EVERY % "{group_by: []}")
    (child,) = loaded(translation).plan.root.children
    assert child.group_by == ()
    assert "group_by" in child.own
    assert "since 0.31" in notes(translation, NoteKind.CHANGED)[0]
    assert not notes(imported(EVERY % "{group_by: [y]}"), NoteKind.CHANGED)


def test_older_matchers_and_odd_values_keep_their_meaning() -> None:
    """A value of nothing is a label that is missing, `[...]` is every label."""
    translation = imported(EVERY % "{match: {c: }, group_by: [...], continue: y, receiver: b}")
    root = loaded(translation).plan.root
    assert [one.receiver for one in match_routes(root, {"c": "1"})] == ["a"]
    assert [one.receiver for one in match_routes(root, {})] == ["b"]
    assert root.children[0].group_by_all
    assert root.children[0].continue_


def test_an_empty_receiver_or_matcher_says_nothing() -> None:
    """As in Alertmanager, where both are as if they were not there."""
    translation = imported(EVERY % "{receiver: '', matchers: ['', x=y]}")
    assert loaded(translation).plan.root.children[0].receiver == "a"
    assert proven(translation).difference == ""


def test_intervals_that_no_calendar_has_are_cut_or_omitted() -> None:
    """Alertmanager takes month 13 and an empty list; what never matches is said to."""
    translation = imported(
        REST
        + """
time_intervals:
  - name: odd
    time_intervals:
      - months: ['13']
      - weekdays: []
      - months: ['-3:4', '11:99']
        years: ['2026:+99999']
      - days_of_month: ['+5']
"""
    )
    assert "never matches" in notes(translation, NoteKind.CHANGED)[0]
    assert len(notes(translation, NoteKind.CHANGED)) == 4
    odd = loaded(translation).plan.time_intervals["odd"]
    assert [one.months for one in odd] == [((1, 4), (11, 12)), ()]
    assert not any(map(never_matches, odd))
    assert proven(translation).difference == ""


def test_the_hosts_zone_has_to_be_named() -> None:
    """`Local` is the zone of Alertmanager's host, which nobody here knows."""
    where = "time_intervals: [{name: x, time_intervals: [{weekdays: [monday], location: Local}]}]"
    translation = imported(REST + where)
    (variable,) = translation.notes.variables
    assert (variable.name, variable.line) == ("ALERTMANAGER_TIMEZONE", 4)
    assert "location: '${ALERTMANAGER_TIMEZONE}'" in translation.text


def test_the_older_name_of_intervals_stays() -> None:
    """`mute_time_intervals:` at the top is read here as well."""
    plan = loaded(imported(WIDE)).plan
    assert set(plan.time_intervals) == {"holidays", "weekend", "office"}


def test_an_inhibit_rule_with_one_source_is_plain_and_with_several_is_omitted() -> None:
    """Alertmanager 0.34 can ask for several sources at once; here more is notified, not less."""
    one = "{sources: [{matchers: [a=b], equal: [c]}], target_matchers: [d=e]}"
    two = "{sources: [{matchers: [a=b]}, {matchers: [f=g]}], target_matchers: [d=e]}"
    translation = imported(REST + f"inhibit_rules: [{one}, {two}]")
    (rule,) = loaded(translation).plan.inhibit_rules
    assert (str(rule.source[0]), rule.equal) == ('a="b"', same_labels("c"))
    assert "several sources at once" in lost(translation)[0]
    assert proven(translation).omitted == 1


def test_resolve_timeout_is_kept_and_zero_is_as_short_as_can_be() -> None:
    """The only key of global: that both files have."""
    assert loaded(imported(WIDE)).plan.resolve_timeout == 180.0
    zero = imported(REST + "global: {resolve_timeout: 0s}")
    assert loaded(zero).plan.resolve_timeout == 0.001
    assert len(notes(zero, NoteKind.CHANGED)) == 1


def test_labels_of_routes_are_kept_but_not_filled_in() -> None:
    """0.34's labels, which may be templates there."""
    translation = imported(EVERY % "{labels: {team: ops, sev: '{{ .GroupLabels.sev }}'}}")
    (child,) = loaded(translation).plan.root.children
    assert child.labels["team"] == "ops"
    assert lost(translation) == ["2: labels: templates in them are not filled in"]
