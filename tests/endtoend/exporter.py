"""An exporter of the billing service: python -m tests.endtoend.exporter --port-file F

GET /metrics; POST /trip/ALERT changes the metrics so that the rule of that alert fires, POST
/heal/ALERT restores them.
"""

import argparse
import json
import os
import time
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

from tests.endtoend.series import ALERTS, SERIES, Series


class Metrics:
    """The series over time. `now` is unix seconds."""

    def __init__(self, now: float, series: Iterable[Series] = SERIES) -> None:
        self._series = tuple(series)
        self._tripped: set[str] = set()
        self._counted = {one.name: 1000.0 for one in self._series}  # as after some time of running
        self._at = now

    def set(self, alert: str, tripped: bool, now: float) -> None:
        """Start or end an alert's cause. Raises KeyError for an alert without a rule."""
        if alert not in ALERTS:
            raise KeyError(alert)
        self._count(now)
        (self._tripped.add if tripped else self._tripped.discard)(alert)

    def exposed(self, now: float) -> str:
        """Return all series in Prometheus' text format."""
        self._count(now)
        return "".join(f"{one.name} {self._shown(one, now):.3f}\n" for one in self._series)

    def _count(self, now: float) -> None:
        passed, self._at = max(0.0, now - self._at), now
        for one in self._series:
            if one.shape == "rate":
                self._counted[one.name] += passed * self._value(one)

    def _value(self, one: Series) -> float:
        tripped = [value for alert, value in one.ill.items() if alert in self._tripped]
        return tripped[-1] if tripped else one.well

    def _shown(self, one: Series, now: float) -> float:
        if one.shape == "rate":
            return self._counted[one.name]
        return now - self._value(one) if one.shape == "age" else self._value(one)


class Exporter(ThreadingHTTPServer):
    """An HTTP server for the metrics on 127.0.0.1."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.metrics = Metrics(time.time())
        self.lock = Lock()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Exporter

    def do_GET(self) -> None:
        with self.server.lock:
            text = self.server.metrics.exposed(time.time())
        self._answer(200, text)

    def do_POST(self) -> None:
        action, _, alert = self.path.strip("/").partition("/")
        try:
            with self.server.lock:
                self.server.metrics.set(alert, {"trip": True, "heal": False}[action], time.time())
        except KeyError:
            self._answer(404, f"unknown path; alerts: {', '.join(sorted(ALERTS))}\n")
        else:
            self._answer(200, "")

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: each scrape would be a line."""


def main() -> None:
    """Serve until ended. The port file is JSON {"url": …}."""
    parser = argparse.ArgumentParser(prog="python -m tests.endtoend.exporter")
    parser.add_argument("--port-file", type=Path, required=True)
    port_file: Path = parser.parse_args().port_file
    with Exporter() as server:
        draft = port_file.with_suffix(".draft")
        draft.write_text(json.dumps({"url": f"http://127.0.0.1:{server.server_port}"}))
        os.replace(draft, port_file)
        server.serve_forever()


if __name__ == "__main__":
    main()
