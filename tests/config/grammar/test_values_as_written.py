"""Values mean what they look like, even where YAML 1.1 reads them differently."""

from datetime import time

from tests.config.texts import REST, faults, loaded


def test_words_that_yaml_reads_as_flags_are_words() -> None:
    """`no`, `on` and `off` as names stay names."""
    config = loaded("receivers: [{name: no}, {name: on}]\nroute: {receiver: no, routes: []}\n")
    assert set(config.plan.receivers) == {"no", "on"}


def test_numbers_stay_text_where_text_is_meant() -> None:
    """`010`, `1e3`, `0x10` and `1_000` as label values match exactly what is written."""
    config = loaded(
        "receivers: [{name: all}]\n"
        "route: {receiver: all, routes: [{match: {a: 010, b: 1e3, c: 0x10, d: 1_000}}]}\n"
    )
    values = {one.name: one.value for one in config.plan.root.children[0].matchers}
    assert values == {"a": "010", "b": "1e3", "c": "0x10", "d": "1_000"}


def test_times_without_quotes_are_times() -> None:
    """`09:00` is nine o'clock, not the base-sixty number that YAML 1.1 sees in it."""
    config = loaded("business_hours: {start: 09:00, end: 17:30}" + REST)
    assert (config.plan.business_hours.start, config.plan.business_hours.end) == (
        time(9),
        time(17, 30),
    )


def test_the_list_of_all_labels_is_understood() -> None:
    """`[...]` is Alertmanager's way to say every label."""
    config = loaded("receivers: [{name: all}]\nroute: {receiver: all, group_by: [...]}\n")
    assert config.plan.root.group_by_all


def test_an_empty_list_of_labels_is_a_statement() -> None:
    """E31: an explicit empty group_by overrides the parent's, an absent or null one does not."""
    config = loaded(
        "receivers: [{name: all}]\n"
        "route: {receiver: all, group_by: [team], routes: [{group_by: []}, {group_by: }]}\n"
    )
    empty, absent = config.plan.root.children
    assert (empty.group_by, absent.group_by) == ((), ("team",))


def test_anchors_and_merges_work() -> None:
    """Aliases and `<<` repeat parts; what a mapping says itself wins over what it merges."""
    config = loaded(
        "receivers: [{name: all}]\n"
        "route:\n"
        "  receiver: all\n"
        "  routes:\n"
        "    - &slow {matchers: [a=b], repeat_interval: 1d, group_wait: 1m}\n"
        "    - {<<: *slow, matchers: [a=c], group_wait: 5s}\n"
    )
    second = config.plan.root.children[1]
    assert (second.repeat_interval, second.group_wait) == (86400.0, 5.0)
    assert str(second.matchers[0]) == 'a="c"'


def test_an_error_in_a_repeated_part_is_reported_once() -> None:
    """An error under an anchor that is used twice has one position."""
    text = (
        "receivers: [{name: all}]\n"
        "route:\n"
        "  receiver: all\n"
        "  routes:\n"
        "    - {receiver: all, routes: [&bad {group_wait: soon}]}\n"
        "    - {receiver: all, routes: [*bad]}\n"
    )
    assert {(fault.line, fault.column) for fault in faults(text)} == {(5, 50)}


def test_columns_count_characters() -> None:
    """Umlauts before a fault do not move its column."""
    (fault,) = faults("receivers: [{name: Überwachung, nme: x}]\nroute: {receiver: Überwachung}\n")
    assert fault.column == 33


def test_a_byte_order_mark_is_no_fault() -> None:
    """A file saved by an editor that begins files with a mark loads."""
    from pathlib import Path

    from gateway.config.load import load

    text = ("\ufeff" + REST).encode()
    assert load(Path("r.yaml"), env={}, read_file=lambda path: text).plan.receivers
