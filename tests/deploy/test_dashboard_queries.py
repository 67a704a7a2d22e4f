"""Every query of the dashboards, asked of a real Prometheus with recorded metrics."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.deploy.dashboards import FILES, load_board, queries
from tests.deploy.recorded import END, openmetrics
from tests.endtoend.monitoring import free_port
from tests.processes.harness import Process, request, wait_for
from tests.shared_data import real_program

pytestmark = pytest.mark.peer

VARIABLES = {
    "$__rate_interval": "1m",
    "$job": "alert-gateway",
    "$team": ".*",
    "$severity": ".*",
}


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the URL of a Prometheus that scrapes nothing and has two hours of metrics."""
    program, promtool = real_program("prometheus"), real_program("promtool")
    home = tmp_path_factory.mktemp("prometheus")
    (home / "metrics").write_text(openmetrics())
    (home / "prometheus.yml").write_text("scrape_configs: []\n")
    subprocess.run(
        [promtool, "tsdb", "create-blocks-from", "openmetrics", home / "metrics", home / "data"],
        check=True,
        capture_output=True,
    )
    url = f"http://127.0.0.1:{free_port()}"
    command = [
        str(program),
        f"--config.file={home / 'prometheus.yml'}",
        f"--storage.tsdb.path={home / 'data'}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address={url.removeprefix('http://')}",
    ]
    process = Process(command, os.environ, home / "output")
    try:
        wait_for("Prometheus is ready", lambda: is_ready(url, process))
        yield url
    finally:
        process.kill()


def is_ready(url: str, process: Process) -> bool:
    assert process.running, process.output_text()
    try:
        return request(f"{url}/-/ready")[0] == 200
    except OSError:
        return False


def ask(prometheus: str, query: str) -> list[dict[str, Any]]:
    """Return the series of a query over the last ten minutes of the recording."""
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    words = urlencode({"query": query, "start": END - 600, "end": END, "step": 60})
    status, _, body = request(f"{prometheus}/api/v1/query_range?{words}")
    assert status == 200, f"{query}: {body.decode()}"
    series: list[dict[str, Any]] = json.loads(body)["data"]["result"]
    return series


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_query_returns_series_with_the_labels_of_its_legend(
    file: Path, prometheus: str
) -> None:
    """No panel is empty or without names where all metrics are recorded."""
    for title, query, legend in queries(load_board(file)):
        series = ask(prometheus, query)
        assert series, f"{title}: {query}"
        for one in series:
            assert set(re.findall(r"{{(\w+)}}", legend)) <= one["metric"].keys(), title
            assert any(value != "NaN" for _, value in one["values"]), f"{title}: {query}"


def test_an_unknown_label_value_returns_nothing(prometheus: str) -> None:
    """The test above fails on a misspelt label value."""
    assert ask(prometheus, 'gateway_outbox_notices{state="dead"}')
    assert not ask(prometheus, 'gateway_outbox_notices{state="ded"}')
