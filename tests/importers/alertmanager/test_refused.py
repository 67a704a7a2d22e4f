"""All that Alertmanager refuses is refused at once, with positions and what to write."""

import pytest

from tests.importers.alertmanager.texts import MAIL, REST, refused

BAD = """\
global:
  slack_api_url: test-secret-that-is-no-url
route:
  receiver: nobody
  group_by: [alertname, alertname]
  routes:
    - matchers: ['severity']
      recieved: page
    - match_re: {team: '('}
      mute_time_intervals: [weekends]
time_intervals:
  - name: weekend
    time_intervals: [{months: [smarch]}]
receivers:
  - name: page
    webhook_configs: [{url: test-secret-that-is-no-url}]
    pagerduty_configs: [{}]
  - name: page
"""


def test_all_errors_are_reported_at_once() -> None:
    """Promise 6: each fault with its line and column, not the first fault only."""
    result = [f"{one.line}:{one.column} {one.message}" for one in refused(BAD)]
    for message in (
        "2:18 slack_api_url: not a URL",
        '4:13 receiver: unknown receiver "nobody"',
        '5:25 group_by: "alertname" is there twice',
        "7:18 matchers[0]:",
        '8:7 unknown key "recieved" in route',
        "9:18 match_re:",
        '10:29 mute_time_intervals[0]: unknown time interval "weekends"',
        '13:32 months: "smarch"',
        "16:29 url: not a URL",
        "17:25 routing_key, routing_key_file, service_key or service_key_file is missing",
        '18:11 receiver "page" is declared twice: first in line 15',
    ):
        assert any(one.startswith(message) for one in result), (message, result)
    assert len(result) == 11, result


def test_a_near_name_is_suggested() -> None:
    """The admin reads what was probably meant."""
    by_line = {one.line: one.suggestion for one in refused(BAD)}
    assert by_line[8] == "receiver"
    assert by_line[10] == "weekend"


def test_no_secret_is_in_a_complaint() -> None:
    """Promise 10: a wrong value under the key of a secret may be a secret."""
    for problem in refused(BAD):
        assert "test-secret" not in f"{problem}{problem.to_json()}"


@pytest.mark.parametrize(
    ("integration", "message"),
    [
        ("slack_configs: [{channel: x}]", "api_url, api_url_file, app_token or app_token_file"),
        ("email_configs: [{to: a@b, from: a@b}]", "smarthost is missing, and so is smtp_smarthost"),
        ("discord_configs: [{}]", "webhook_url or webhook_url_file is missing"),
        ("telegram_configs: [{bot_token: t, chat_id: 1, parse_mode: x}]", "parse_mode"),
        ("victorops_configs: [{api_key: k}]", "routing_key is missing"),
        ("pushover_configs: [{user_key: a, user_key_file: b, token: c}]", "at most one of"),
        ("sns_configs: [{topic_arn: a, target_arn: b}]", "only one"),
        ("webex_configs: [{room_id: a, http_config: {}}]", "authorization is missing"),
        ("jira_configs: [{project: a, issue_type: b}]", "jira_api_url under global:"),
        ("opsgenie_configs: [{api_key: k, teams: x}]", 'unknown key "teams"'),
        ("wechat_configs: [{api_secret: s, corp_id: c, message_type: x}]", "text or markdown"),
        ("carrier_pigeon_configs: [{}]", "unknown key"),
    ],
)
def test_integrations_that_do_not_exist_here_are_checked_all_the_same(
    integration: str, message: str
) -> None:
    """A file that Alertmanager does not load is not worth translating."""
    (problem,) = refused(f"route: {{receiver: r}}\nreceivers: [{{name: r, {integration}}}]")
    assert message in str(problem)
    assert problem.line == 2


@pytest.mark.parametrize(
    ("integration", "message"),
    [
        ("slack_configs: [{api_url: 'https://a', update_message: true}]", "with a bot token"),
        ("slack_configs: [{api_url: 'https://a', message_strategy: thread}]", "with a bot token"),
        ("slack_configs: [{message_strategy: shout}]", "new, update or thread"),
        ("slack_configs: [{fields: [{title: a}]}]", "field: value is missing"),
        ("slack_configs: [{actions: [{type: a, text: b}]}]", "action: url or name is missing"),
        ("slack_configs: [{actions: [{type: a, url: b}]}]", "action: text is missing"),
        ("slack_configs: [{actions: [{type: a, text: b, name: c, confirm: {title: d}}]}]", "conf"),
        ("slack_configs: [{channel: [a]}]", "text belongs here, not a list"),
        ("webhook_configs: [{url: 'http://a', max_alerts: '5'}]", "not a whole number"),
        ("webhook_configs: [{url: 'http://a', max_alerts: many}]", "not a whole number"),
        ("webhook_configs: [{url: 'http://a', timeout: 5}]", "not a duration such as 10s"),
        ("webhook_configs: [{url: 'http://a b'}]", "not a URL"),
        ("webhook_configs: [{url: 'http://[a'}]", "not a URL"),
        ("webhook_configs: [{url: 'http://a', http_config: {no_proxy: b}}]", "no proxy_url"),
        ("webhook_configs: [{url: 'http://a', http_config: {oauth2: {client_id: b}}}]", "token_u"),
        (
            "webhook_configs: [{url: 'http://a', http_config: "
            "{proxy_url: 'http://b', proxy_from_environment: true}}]",
            "at most one of proxy_url",
        ),
        ("pushover_configs: [{user_key: a, token: b, html: yes, monospace: yes}]", "html and mono"),
        ("opsgenie_configs: [{api_key: k, responders: [{type: team}]}]", "id, name or username"),
        ("victorops_configs: [{api_key: k, routing_key: a, custom_fields: {entity_id: b}}]", "own"),
        ("pagerduty_configs: [{routing_key: a, url: nowhere}]", "not a URL"),
    ],
)
def test_integrations_are_checked_in_every_detail(integration: str, message: str) -> None:
    """Each rule of Alertmanager's, at its position."""
    general = "global: {slack_api_url: 'https://hooks.example.com/test'}\n"
    result = refused(f"{general}route: {{receiver: r}}\nreceivers: [{{name: r, {integration}}}]")
    assert [message in str(one) for one in result] == [True]
    assert result[0].line == 3


@pytest.mark.parametrize(
    ("general", "message"),
    [
        ("{slack_app_token: a, slack_api_url: 'https://b'}", "an app token is set as well"),
        ("{slack_app_token: a, slack_api_url_file: b}", "an app token is set as well"),
        ("{opsgenie_api_key: a, opsgenie_api_key_file: b}", "at most one of"),
        ("{http_config: {bearer_token: a, bearer_token_file: b}}", "at most one of"),
        ("{resolve_timeout: 5}", "is not a duration"),
        ("{smtp_require_tls: maybe}", "neither true nor false"),
        ("{smtp_require_tls: 'true'}", "must not be quoted: write true"),
    ],
)
def test_the_global_section_is_checked(general: str, message: str) -> None:
    """What holds for all receivers, whether any uses it or not."""
    (problem,) = refused(f"global: {general}{REST}")
    assert message in problem.message


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("{sources: [{matchers: [a=b]}], source_matchers: [c=d]}", "cannot stand beside sources"),
        ("{sources: [{matchers: []}]}", "not every alert fulfils"),
        ("{sources: [{matchers: ['a=~\".*\"']}]}", "not every alert fulfils"),
        ("{source_match: {a-b: c}}", "not a label name"),
    ],
)
def test_inhibit_rules_are_checked(rule: str, message: str) -> None:
    """The rules of Alertmanager 0.34, which knows several sources."""
    file = f"inhibit_rules: [{rule}]\nroute: {{receiver: r}}\nreceivers: [{{name: r}}]"
    (problem,) = refused(file)
    assert message in problem.message


def test_a_broken_receiver_does_not_make_its_name_unknown() -> None:
    """One fault is one complaint."""
    result = refused(
        MAIL + "route: {receiver: r}\nreceivers: [{name: r, email_configs: [{to: [a]}]}]"
    )
    assert len(result) == 1


def test_references_are_not_looked_up() -> None:
    """Alertmanager has none: ${NAME} is a value like any other."""
    assert not refused("route: {receiver: '${R}'}\nreceivers: [{name: '${R}'}]")
    (problem,) = refused("receivers: [{name: r}]\nroute: {receiver: r, group_wait: '${WAIT}'}")
    assert (problem.line, problem.column) == (2, 34)
