"""Routes, inhibition, intervals and severities as the core gets them from the file."""

from gateway.core.plan.flapping import Flapping
from gateway.core.plan.plan import Repeats
from gateway.core.routing.inhibition import EqualLabel, same_labels
from gateway.core.routing.match import match_routes
from gateway.core.time.business_hours import NEXT_BUSINESS_DAY
from tests.config.texts import REST, faults, loaded


def test_a_route_in_alertmanagers_words() -> None:
    """An Alertmanager tree loads unchanged: matchers in all forms, continue, inheritance."""
    config = loaded(
        "global: {resolve_timeout: 10m}\n"
        "receivers: [{name: all}, {name: oncall}, {name: team}]\n"
        "route:\n"
        "  receiver: all\n"
        "  group_by: [alertname, cluster]\n"
        "  group_wait: 10s\n"
        "  routes:\n"
        "    - match: {severity: critical}\n"
        "      receiver: oncall\n"
        "      continue: true\n"
        "    - match_re: {service: ^(foo|bar)$}\n"
        '      matchers: team = billing, region!~"eu-.*"\n'
        "      receiver: team\n"
        "      repeat_interval: 1d12h\n"
    )
    root = config.plan.root
    alert = {"severity": "critical", "service": "foo", "team": "billing", "region": "us"}
    assert [route.receiver for route in match_routes(root, alert)] == ["oncall", "team"]
    second = root.children[1]
    assert (second.group_wait, second.repeat_interval, second.line) == (10.0, 36 * 3600.0, 11)
    assert second.group_by == ("alertname", "cluster")
    assert config.plan.resolve_timeout == 600.0


def test_flapping_is_on_where_severities_are_declared() -> None:
    """E36: without severities every change is notified, as in Alertmanager; the file decides."""
    rest = "receivers: [{name: all}]\nroute: {receiver: all}\n"
    declared_names = "severities: {critical: {rank: 1}}\n"
    assert loaded(rest).plan.flapping.times == 0
    assert loaded(declared_names + rest).plan.flapping == Flapping(4, 3600.0, 1800.0, 900.0)
    assert loaded(f"flapping: {{times: 0}}\n{declared_names}{rest}").plan.flapping.times == 0
    config = loaded("flapping: {times: 6, within: 30m, every: 1h, calm_after: 10m}\n" + rest)
    assert config.plan.flapping == Flapping(6, 1800.0, 3600.0, 600.0)
    [fault] = faults(f"flapping: {{times: 4, evry: 1h}}\n{rest}")
    assert 'did you mean "every"?' in str(fault)


def test_repeats_are_exact_unless_the_file_says_otherwise() -> None:
    """E6: Alertmanager's times of repeats can be chosen; a slip is reported."""
    rest = "receivers: [{name: all}]\nroute: {receiver: all}\n"
    assert loaded(rest).plan.repeats is Repeats.EXACT
    assert loaded(f"repeats: exact\n{rest}").plan.repeats is Repeats.EXACT
    assert loaded(f"repeats: on the group interval\n{rest}").plan.repeats is Repeats.ON_TICKS
    [fault] = faults(f"repeats: on group interval\n{rest}")
    assert (fault.line, fault.suggestion) == (1, "on the group interval")


def test_inhibition_takes_both_forms_and_counts_its_rules() -> None:
    """Old and new forms of a side are joined; a rule without a name is called by its number."""
    config = loaded(
        "receivers: [{name: all}]\n"
        "route: {receiver: all}\n"
        "inhibit_rules:\n"
        "  - source_match: {severity: critical}\n"
        "    target_match_re: {severity: warning|info}\n"
        "    target_matchers: [team=billing]\n"
        "    equal: [alertname]\n"
        "  - {name: node, source_matchers: [alertname=Down], target_matchers: [job=x]}\n"
    )
    first, second = config.plan.inhibit_rules
    assert (first.name, second.name) == ("rule 1", "node")
    assert [str(one) for one in first.source] == ['severity="critical"']
    assert [str(one) for one in first.target] == ['severity=~"warning|info"', 'team="billing"']
    assert first.equal == same_labels("alertname")


def test_intervals_under_both_names_are_one_list() -> None:
    """Alertmanager's older mute_time_intervals are time intervals like the others."""
    config = loaded(
        "receivers: [{name: all}]\n"
        "route: {receiver: all, routes: [{mute_time_intervals: [a], active_time_intervals: [b]}]}\n"
        "time_intervals: [{name: a, time_intervals: [{weekdays: ['monday:friday'],"
        " times: [{start_time: 09:00, end_time: 17:00}], location: Europe/Berlin}]}]\n"
        "mute_time_intervals: [{name: b, time_intervals: [{days_of_month: [-1], years: [2026]}]}]\n"
    )
    (a,), (b,) = (config.plan.time_intervals[name] for name in "ab")
    assert (a.weekdays, a.times, a.location) == (((1, 5),), ((540, 1020),), "Europe/Berlin")
    assert (b.days_of_month, b.years) == (((-1, -1),), ((2026, 2026),))


def test_severities_come_worst_first() -> None:
    """Severities are sorted by rank and carry durations or the next business day."""
    config = loaded(
        "severity_label: priority\n"
        "severities:\n"
        "  info: {rank: 3, respond_within: next  Business day, repeat_interval: 12h}\n"
        "  critical: {rank: 1, respond_within: 15m, group_wait: 0s, ack_expires: 8h}\n"
        "receivers: [{name: all}]\n"
        "route: {receiver: all}\n"
    )
    critical, info = config.plan.severities.values()
    assert (critical.name, critical.respond_within, critical.group_wait) == ("critical", 900.0, 0.0)
    assert (info.respond_within, info.repeat_interval) == (NEXT_BUSINESS_DAY, 43200.0)
    assert critical.ack_expires == 8 * 3600.0
    assert config.plan.severity_of({"priority": "critical"}) == critical


def test_the_digest_tells_files_apart() -> None:
    """Two plans in a log can be told apart; the same text is the same plan."""
    text = "receivers: [{name: all}]\nroute: {receiver: all}\n"
    assert loaded(text).plan.digest == loaded(text).plan.digest
    assert loaded(text).plan.digest != loaded(text + "# a comment\n").plan.digest


def test_names_of_a_faulty_part_are_still_known() -> None:
    """A receiver with a fault inside does not make every route that uses it a fault as well."""
    message = faults(
        "receivers: [{name: all, slak: []}]\n"
        "people: {ana: {email: 1, nme: x}}\n"
        "rotas: {r: {layers: [{members: [ana], start: never}]}}\n"
        "escalations: {e: [{notify: ['rota:r', 'person:ana'], wait: long}]}\n"
        "route: {receiver: all}\n"
    )
    assert [fault.path for fault in message] == [
        "receivers[0].slak",
        "people.ana.email",
        "people.ana.nme",
        "rotas.r.layers[0].start",
        "escalations.e[0].wait",
    ]


def test_equal_labels_of_an_inhibit_rule_may_have_different_names() -> None:
    """A name stands for both sides; a mapping names the label of each."""
    rules = "inhibit_rules:\n  - source_matchers: [a=b]\n    target_matchers: [c=d]\n    equal: "
    (rule,) = loaded(
        rules + "[team, {source: cluster, target: k8s_cluster}]\n" + REST
    ).plan.inhibit_rules
    assert rule.equal == (*same_labels("team"), EqualLabel("cluster", "k8s_cluster"))
    assert [str(one) for one in rule.equal] == ["team", "cluster = k8s_cluster"]
    (fault,) = faults(rules + "[{source: cluster}]\n" + REST)
    assert "target" in str(fault)
