"""The real amtool with the gateway, and with a real Alertmanager."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.endtoend.monitoring import free_port
from tests.processes.conftest import MakeGateway
from tests.processes.gateway import Gateway
from tests.processes.harness import PATIENCE, Process, request, wait_for
from tests.shared_data import real_program

pytestmark = [pytest.mark.process, pytest.mark.peer]

ROUTING = """
route:
  receiver: default
  group_by: [alertname, team]
  group_wait: 1s
  group_interval: 5s
  repeat_interval: 4h
  routes:
    - {matchers: ['severity="critical"'], receiver: oncall, repeat_interval: 2h, continue: true}
    - {matchers: ['team="billing"'], receiver: billing, mute_time_intervals: [long-ago]}
inhibit_rules:
  - {source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'],
     equal: [team, subsystem]}
time_intervals:
  - {name: long-ago, time_intervals: [{years: ['2001']}]}
"""
"""Both programs get this. alertmanager.yml and routes.yaml write it alike."""

_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")
RECEIVERS = ("default", "oncall", "billing")


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The result of a command."""

    status: int
    out: str
    err: str

    @property
    def masked(self) -> tuple[int, str]:
        """Status and output, with what differs between runs masked."""
        return self.status, _TIME.sub("a time", _ID.sub("an id", self.out))


class Amtool:
    """The real amtool, with one server."""

    def __init__(self, program: Path, url: str, home: Path, *options: str) -> None:
        server = f"--alertmanager.url={url}"
        self._command = [str(program), server, "--no-version-check", *options]
        self._home = home

    def __call__(self, *arguments: str, stdin: str = "") -> CommandResult:
        """Run it, with no configuration of its own."""
        done = subprocess.run(
            [*self._command, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            cwd=self._home,
            env={"PATH": os.environ["PATH"], "HOME": str(self._home), "USER": "ana", "TZ": "UTC"},
        )
        return CommandResult(done.returncode, done.stdout, done.stderr)

    def output_of(self, *arguments: str, stdin: str = "") -> str:
        """Run it, check that it succeeds, and return its output."""
        done = self(*arguments, stdin=stdin)
        assert done.status == 0, done
        return done.out


@pytest.fixture
def program() -> Path:
    return real_program("amtool")


@pytest.fixture
def gateway(make_gateway: MakeGateway) -> Gateway:
    """Return a gateway with these routes and webhooks for receivers."""
    receivers = [{"name": name, "webhook": [{"url": "<webhook>/hook"}]} for name in RECEIVERS]
    return make_gateway(ROUTING + yaml.safe_dump({"receivers": receivers})).start()


@pytest.fixture
def amtool(program: Path, gateway: Gateway, tmp_path: Path) -> Amtool:
    return Amtool(program, gateway.url, tmp_path)


@pytest.fixture
def alertmanager(tmp_path: Path) -> Iterator[str]:
    """Yield the address of a real Alertmanager with the same configuration."""
    home = tmp_path / "alertmanager"
    home.mkdir()
    file = home / "alertmanager.yml"
    receivers = [{"name": name} for name in RECEIVERS]
    file.write_text(ROUTING + yaml.safe_dump({"receivers": receivers}))
    url = f"http://127.0.0.1:{free_port()}"
    process = Process(
        [
            str(real_program("prometheus-alertmanager")),
            f"--config.file={file}",
            f"--storage.path={home / 'data'}",
            f"--web.listen-address={url.removeprefix('http://')}",
            "--cluster.listen-address=",
        ],
        os.environ,
        home / "output",
    )

    def ready() -> bool:
        assert process.running, process.output_text()
        try:
            return request(f"{url}/-/ready")[0] == 200
        except OSError:
            return False

    try:
        wait_for("Alertmanager is ready", ready)
        yield url
    finally:
        process.kill()


ADD = ("silence", "add", "alertname=DiskFull", "instance=~db-.+", "--author=ana", "--comment=why")


def silences(amtool: Amtool) -> list[CommandResult]:
    """Run every command for a silence, from adding to expiring."""
    done = [amtool(*ADD, "--duration=2h")]
    one = done[0].out.strip()
    other = ("alertname!=Watchdog", "team!~a|b", "--duration=1h", "--author=ben", "--comment=x y")
    imported = [
        {
            "matchers": [{"name": "a", "value": "b", "isRegex": False}],
            "startsAt": "2026-01-01T00:00:00Z",
            "endsAt": "2099-01-01T00:00:00Z",
            "createdBy": "cho",
            "comment": "imported",
        }
    ]
    done += [
        amtool("silence", "add", *other),
        amtool("silence", "add", "DiskFull", "--author=ana"),  # without the required comment
        amtool("silence", "query"),
        amtool("silence", "query", "alertname=DiskFull", "-o", "extended"),
        amtool("silence", "query", "--within=90m"),
        amtool("silence", "query", "--created-by=ben"),
        amtool("silence", "query", "--expired", "-q"),
        amtool("silence", "update", one, "--duration=4h", "--comment=longer"),
        amtool("silence", "import", stdin=json.dumps(imported)),
        amtool("silence", "query", "-o", "simple"),
        amtool("silence", "expire", one),
        amtool("silence", "expire", one),
        amtool("silence", "query", "alertname=DiskFull"),
        amtool("silence", "query", "--expired", "alertname=DiskFull"),
        amtool("silence", "add", "a=b", "team=~(", "--author=ana", "--comment=why"),
        amtool("silence", "add", "a=~.*", "--author=ana", "--comment=why"),
        amtool("silence", "expire", "nope"),
    ]
    return done


def alerts(amtool: Amtool) -> list[CommandResult]:
    """Add alerts, and query them in every form."""
    summary = ("--annotation=summary=full", "--annotation=runbook_url=https://example.com/disk")
    disk = ("alert", "add", "DiskFull", "team=platform")
    later = ("--start=2026-01-01T00:00:00Z", "--end=2099-01-01T00:00:00Z")
    done = [
        amtool("alert", "query"),
        amtool(
            *disk, "severity=critical", "instance=db-1", *summary, "--generator-url=http://a.b/"
        ),
        amtool(*disk, "severity=info", "instance=db-2", *later),
        amtool(*disk, "severity=warning", "instance=db-3"),
        amtool("silence", "add", "instance=db-2", "--author=ana", "--comment=why"),
    ]

    def inhibited() -> bool:
        return "db-3" not in amtool.output_of("alert", "query", "-o", "extended")

    wait_for("Alertmanager's inhibitor has the critical alert", inhibited)
    return done + [
        amtool("alert", "query", *more)
        for more in (
            (),
            ("-o", "extended"),
            ("-o", "simple", "alertname=DiskFull", "severity=~crit.*"),
            ("alertname=~Disk", "-o", "extended"),
            ("--silenced", "-o", "extended"),
            ("--inhibited", "-o", "extended"),
            ("--silenced", "--inhibited", "--active", "--unprocessed", "-o", "extended"),
            ("--receiver=oncall",),
            ("--receiver=def.*",),
            ("--receiver=none",),
            ("severity!=critical",),
        )
    ]


def configuration(amtool: Amtool) -> list[CommandResult]:
    """Show the configuration, and the receivers of alerts."""
    return [
        amtool("config", "routes", "show"),
        amtool("config", "routes", "test", "severity=critical", "team=billing"),
        amtool("config", "routes", "test", "--tree", "team=billing"),
        amtool("config", "routes", "test", "--verify.receivers=default", "team=billing"),
        amtool("config", "routes", "test", "nothing=known"),
        amtool("cluster", "show"),
    ]


@pytest.mark.parametrize("story", [silences, alerts, configuration])
def test_amtool_prints_the_same_as_with_alertmanager(
    amtool: Amtool,
    program: Path,
    alertmanager: str,
    tmp_path: Path,
    story: Callable[[Amtool], list[CommandResult]],
) -> None:
    """Exit status and output of every command are the same with both servers."""
    theirs = story(Amtool(program, alertmanager, tmp_path))
    ours = story(amtool)
    for number, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        assert our.masked == their.masked, (number, our, their)
    assert any(one.status == 0 for one in ours)


def test_the_shown_configuration_loads_in_alertmanager(
    amtool: Amtool, program: Path, tmp_path: Path
) -> None:
    """`amtool config show` prints the active configuration, which passes `check-config`."""
    shown = amtool.output_of("config", "show")
    file = tmp_path / "shown.yml"
    file.write_text(shown)
    assert yaml.safe_load(shown)["route"]["routes"][0]["repeat_interval"] == "2h"
    checked = Amtool(program, "http://127.0.0.1:1", tmp_path).output_of("check-config", str(file))
    assert "SUCCESS" in checked


def test_a_refused_command_exits_with_1_and_prints_the_reason(amtool: Amtool) -> None:
    """amtool prints the gateway's own error text."""
    done = amtool("silence", "add", "team=~.*", "--author=ana", "--comment=all")
    assert done.status == 1
    assert "it would silence every alert" in done.err
    done = amtool("silence", "expire", "11111111-1111-1111-1111-111111111111")
    assert done.status == 1
    done = amtool("alert", "add", "X", "--start=2026-01-02T00:00:00Z", "--end=2026-01-01T00:00:00Z")
    assert done.status == 1
    assert "endsAt" in done.err


def test_status_and_metric_have_alertmanagers_version(gateway: Gateway, amtool: Amtool) -> None:
    """amtool warns if its own version differs, and karma needs the metric."""
    notified = json.loads(request(f"{gateway.url}/api/v2/status")[2])["versionInfo"]["version"]
    metric = f'alertmanager_build_info{{version="{notified}"}} 1.0'
    assert metric in request(f"{gateway.url}/metrics")[2].decode()


def test_a_token_and_a_route_prefix_work_with_amtool(
    make_gateway: MakeGateway, program: Path, tmp_path: Path
) -> None:
    """Silences too work as with an Alertmanager behind --web.route-prefix and a web config file."""
    routes = ROUTING + yaml.safe_dump({"receivers": [{"name": name} for name in RECEIVERS]})
    gateway = make_gateway(
        routes,
        GATEWAY_EXTERNAL_URL="https://tools.example.com/alertmanager/",
        GATEWAY_API_TOKEN="test-api-token",
    ).start()
    assert gateway.url.endswith("/alertmanager")
    refused = Amtool(program, gateway.url, tmp_path)(*ADD)
    assert refused.status == 1
    file = tmp_path / "http.yml"
    file.write_text("authorization: {credentials: test-api-token}\n")
    amtool = Amtool(program, gateway.url, tmp_path, f"--http.config.file={file}")
    one = amtool.output_of(*ADD).strip()
    assert one in amtool.output_of("silence", "query")
    amtool.output_of("silence", "expire", one)
    assert one not in amtool.output_of("silence", "query")
