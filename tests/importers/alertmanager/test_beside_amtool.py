"""What the real Alertmanager takes is taken, what it refuses is refused, and routes agree."""

import re
import subprocess
from pathlib import Path
from random import Random

import pytest

from gateway.core.routing.match import match_routes, walk
from gateway.importers.alertmanager.verify.samples import Samples
from tests.importers.alertmanager.texts import API, BILLING, REST, WIDE, imported, loaded, refused
from tests.shared_data import real_program

pytestmark = pytest.mark.peer

ROUTE = "receivers: [{name: a}]\nroute: {receiver: a, routes: [%s]}"
INTERVAL = REST + "time_intervals: [{name: x, time_intervals: [%s]}]"
WEBHOOK = "route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [%s]}]"

# Each holds for Alertmanager 0.25 and later: what newer ones know is left to the vectors.
TAKEN_OR_REFUSED = {
    "a matcher for the list": ROUTE % '{matchers: "x=y"}',
    "a quoted boolean": ROUTE % '{continue: "true"}',
    "yes": ROUTE % "{continue: yes}",
    "y": ROUTE % "{continue: y}",
    "maybe": ROUTE % "{continue: maybe}",
    "numbers and nothing as values": ROUTE % "{match: {a: 5, b: true, c: }}",
    "no pattern": ROUTE % "{match_re: {a: }}",
    "a dash in an older matcher": ROUTE % '{match: {"a-b": c}}',
    "a bad pattern": ROUTE % '{match_re: {a: "("}}',
    "a bad matcher": ROUTE % '{matchers: ["a~b"]}',
    "a bad pattern in a matcher": ROUTE % '{matchers: ["a=~("]}',
    "no routes": ROUTE % "",
    "unknown key": ROUTE % "{foo: bar}",
    "no label in group_by": ROUTE % "{group_by: [a, '']}",
    "all labels twice": ROUTE % "{group_by: [..., ...]}",
    "all labels and another": ROUTE % "{group_by: [..., a]}",
    "a label for the list": ROUTE % "{group_by: a}",
    "no unit": ROUTE % "{group_wait: 30}",
    "zero without a unit": ROUTE % "{group_wait: 0}",
    "a group interval of zero": ROUTE % "{group_interval: 0}",
    "an empty duration": ROUTE % '{group_interval: ""}',
    "nothing as a duration": ROUTE % "{group_interval: }",
    "no resolve timeout": REST + "global: {resolve_timeout: 0s}",
    "an empty global": REST + "global:",
    "a key twice": "receivers: [{name: a}]\nroute: {receiver: a, receiver: a}",
    "a number as a name": "receivers: [{name: 5}]\nroute: {receiver: 5}",
    "an anchor under a key of its own": "x: &x {receiver: all}" + REST,
    "a list": "- a",
    "a merged route": ROUTE % "&x {match: {a: b}}, {<<: *x, receiver: a}",
    "month 13": INTERVAL % "{months: ['13']}",
    "months before January": INTERVAL % "{months: ['-3:4']}",
    "months backwards": INTERVAL % "{months: ['may:april']}",
    "the 28th to the last": INTERVAL % "{days_of_month: ['28:-1']}",
    "the 27th to the last": INTERVAL % "{days_of_month: ['27:-1']}",
    "day zero": INTERVAL % "{days_of_month: ['0:4']}",
    "the last to the 4th": INTERVAL % "{days_of_month: ['-1:4']}",
    "a plus": INTERVAL % "{days_of_month: ['+5']}",
    "no weekdays": INTERVAL % "{weekdays: []}",
    "a weekday for the list": INTERVAL % "{weekdays: monday}",
    "a space before a weekday": INTERVAL % "{weekdays: [' sunday']}",
    "weekdays in capitals": INTERVAL % "{weekdays: [Monday:FRIDAY]}",
    "weekdays over the end": INTERVAL % "{weekdays: ['friday:monday']}",
    "times without quotes": INTERVAL % "{times: [{start_time: 09:00, end_time: 17:00}]}",
    "times backwards": INTERVAL % "{times: [{start_time: '17:00', end_time: '09:00'}]}",
    "half a time": INTERVAL % "{times: [{start_time: '17:00'}]}",
    "numbers as months and years": INTERVAL % "{months: [1, 2:3], years: [2020, 2021:2022]}",
    "the host's zone, none, and UTC": INTERVAL
    % "{location: Local}, {location: ''}, {location: UTC}",
    "an unknown zone": INTERVAL % "{location: Mars/Olympus}",
    "time_zone": INTERVAL % "{time_zone: UTC}",
    "nothing said": INTERVAL % "{}",
    "an interval twice": REST + "time_intervals: [{name: x}, {name: x}]",
    "an interval twice in both": REST + "time_intervals: [{name: x}]\n"
    "mute_time_intervals: [{name: x}]",
    "no integrations": "route: {receiver: a}\nreceivers: [{name: a, webhook_configs: }]",
    "a webhook without a URL": WEBHOOK % "{}",
    "a webhook with a word": WEBHOOK % "{url: foo}",
    "a webhook with another scheme": WEBHOOK % "{url: 'ftp://foo'}",
    "fewer than no alerts": WEBHOOK % "{url: 'http://foo', max_alerts: -1}",
    "two credentials": WEBHOOK
    % "{url: 'http://foo', http_config: {bearer_token: a, basic_auth: {username: b}}}",
    "basic as an authorization": WEBHOOK
    % "{url: 'http://foo', http_config: {authorization: {type: Basic, credentials: a}}}",
    "an unknown key of http_config": WEBHOOK % "{url: 'http://foo', http_config: {foo: a}}",
    "mail without a server": "route: {receiver: a}\n"
    "receivers: [{name: a, email_configs: [{to: a@example.com}]}]",
    "a mail server without a port": REST + "global: {smtp_smarthost: foo}",
    "two headers that are one": "route: {receiver: a}\nreceivers: [{name: a, email_configs: "
    "[{to: a@b, from: a@b, smarthost: 'a:1', headers: {Subject: a, subject: b}}]}]",
    "an unknown responder": "global: {opsgenie_api_key: x}\nroute: {receiver: a}\n"
    "receivers: [{name: a, opsgenie_configs: [{responders: [{name: x, type: foo}]}]}]",
    "missing templates": REST + "templates: [/nonexistent/*.tmpl]",
    "an inhibit rule that says nothing": REST + "inhibit_rules: [{}]",
    "no label in equal": REST + "inhibit_rules: [{equal: ['']}]",
    "an unknown receiver": "receivers: [{name: a}]\nroute: {receiver: b}",
    "an unknown interval": ROUTE % "{mute_time_intervals: [x]}",
    "nothing": "",
}


def verdict(folder: Path, text: str) -> bool:
    """Whether Alertmanager takes the text."""
    file = folder / "alertmanager.yml"
    file.write_text(text)
    amtool = real_program("amtool")
    done = subprocess.run([amtool, "check-config", file], capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.parametrize("name", TAKEN_OR_REFUSED)
def test_a_file_is_refused_when_alertmanager_refuses_it(name: str, tmp_path: Path) -> None:
    """The verdict is that of `amtool check-config`; what is taken, loads and does the same."""
    text = TAKEN_OR_REFUSED[name]
    result = refused(text)
    assert verdict(tmp_path, text) == (not result), result
    if not result:
        assert loaded(imported(text)).plan.receivers


@pytest.mark.parametrize("file", [BILLING, API, WIDE], ids=lambda file: file.stem)
def test_alerts_go_where_alertmanager_sends_them(file: Path, tmp_path: Path) -> None:
    """`amtool config routes test` names the receivers that the new file's tree names."""
    amtool = real_program("amtool")
    # 0.25 knows no url_file.
    old = tmp_path / "alertmanager.yml"
    old.write_text(re.sub("url_file: .*", "url: https://x.example.com", file.read_text()))
    root = loaded(imported(file)).plan.root
    random = Random(7)
    samples = Samples(random)
    matchers = sorted({one for route in walk(root) for one in route.matchers}, key=str)
    tried: set[tuple[str, ...]] = set()
    for _ in range(40):
        labels = {
            one.name: samples.near(one) for one in random.sample(matchers, min(3, len(matchers)))
        }
        labels = {name: value for name, value in labels.items() if re.fullmatch(r"\S+", value)}
        words = [f"{name}={value}" for name, value in labels.items()]
        done = subprocess.run(
            [amtool, "config", "routes", "test", f"--config.file={old}", *words],
            capture_output=True,
            text=True,
            check=True,
        )
        receivers = [one.receiver for one in match_routes(root, labels)]
        assert done.stdout.strip().split(",") == receivers, words
        tried.add(tuple(receivers))
    assert len(tried) > 2
