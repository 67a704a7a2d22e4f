"""What the gateway counts about itself, for Prometheus.

All names begin with `gateway_`, but for one that clients of Alertmanager look for. No label takes
a value from an alert: sources, channels and severities are those of routes.yaml, everything else
is a closed set.
"""

from collections.abc import Collection, Iterable, Mapping, Sized
from functools import cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from gateway import ALERTMANAGER, __version__
from gateway.core.decide.result import ActionOutcome, ActionResult
from gateway.core.incidents.incident import State
from gateway.core.incidents.notice import NoticeKind

# A second series for each counter, which nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it so

OTHER = "other"
"""Stands for every value that routes.yaml does not know."""

_MINUTE, _HOUR = 60.0, 3600.0
ANSWERED_WITHIN = (
    _MINUTE,
    2 * _MINUTE,
    5 * _MINUTE,
    10 * _MINUTE,
    15 * _MINUTE,
    30 * _MINUTE,
    _HOUR,
    2 * _HOUR,
    4 * _HOUR,
    12 * _HOUR,
    24 * _HOUR,
)
SENT_WITHIN = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
ON_GOING = (State.FIRING.value, State.ACKNOWLEDGED.value)
LAGS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """The counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        build = Gauge("gateway_build_info", "1, with the version.", ["version"], registry=registry)
        build.labels(__version__).set(1)
        spoken = Gauge(
            "alertmanager_build_info",
            "1, with the version of Alertmanager whose API is spoken.",
            ["version"],
            registry=registry,
        )
        spoken.labels(ALERTMANAGER).set(1)
        self._config = Gauge(
            "gateway_config_info",
            "1, with a hash of the routes.yaml in force.",
            ["digest"],
            registry=registry,
        )
        self._requests = Counter(
            "gateway_ingest_requests",
            "Requests that brought alerts, by source and HTTP status.",
            ["source", "status"],
            registry=registry,
        )
        self._alerts = Counter(
            "gateway_ingest_alerts",
            "Alerts taken in, re-posts included, by source.",
            ["source"],
            registry=registry,
        )
        self._rejected = Counter(
            "gateway_ingest_alerts_rejected",
            "Alerts refused because a field of theirs was wrong, by source.",
            ["source"],
            registry=registry,
        )
        self._truncated = Counter(
            "gateway_ingest_alerts_truncated",
            "Alerts that a sender said it left out by its own limit, by source.",
            ["source"],
            registry=registry,
        )
        self._refused = Counter(
            "gateway_http_refused",
            "HTTP requests refused before they were looked at, by kind.",
            ["kind"],
            registry=registry,
        )
        self._connections = Gauge(
            "gateway_http_connections", "HTTP connections that are open.", registry=registry
        )
        self._connections_closed = Counter(
            "gateway_http_connections_closed",
            "HTTP connections closed or refused by a limit, by reason.",
            ["reason"],
            registry=registry,
        )
        self._decisions = Counter(
            "gateway_decisions",
            "Decisions about incidents, by the reason to speak or to keep quiet.",
            ["reason"],
            registry=registry,
        )
        self._notices = Counter(
            "gateway_notices",
            "Messages put into the outbox, by channel and kind.",
            ["channel", "kind"],
            registry=registry,
        )
        self._attempts = Counter(
            "gateway_attempts",
            "Attempts to send, by channel and result.",
            ["channel", "result"],
            registry=registry,
        )
        self._attempt_seconds = Histogram(
            "gateway_attempt_seconds",
            "How long attempts to send took, by channel.",
            ["channel"],
            buckets=SENT_WITHIN,
            registry=registry,
        )
        self._outbox = Gauge(
            "gateway_outbox_notices",
            "Messages that are not yet done with, by channel and state.",
            ["channel", "state"],
            registry=registry,
        )
        self._outbox_age = Gauge(
            "gateway_outbox_oldest_seconds",
            "Age of the oldest message that still waits, by channel.",
            ["channel"],
            registry=registry,
        )
        self._incidents = Gauge(
            "gateway_incidents",
            "Incidents that go on, by severity and state.",
            ["severity", "state"],
            registry=registry,
        )
        self._unanswered = Gauge(
            "gateway_incidents_unanswered_seconds",
            "Age of the oldest incident that was told and nobody has acknowledged, by severity.",
            ["severity"],
            registry=registry,
        )
        self._answers = Counter(
            "gateway_responses",
            "Answers to acknowledgements and their undoing, by way and answer.",
            ["via", "answer"],
            registry=registry,
        )
        self._acknowledged = Histogram(
            "gateway_acknowledgement_seconds",
            "From the opening of an incident to somebody taking it, by severity.",
            ["severity"],
            buckets=ANSWERED_WITHIN,
            registry=registry,
        )
        self._reload_ok = Gauge(
            "gateway_config_last_reload_successful",
            "1 when the last reading of routes.yaml took effect.",
            registry=registry,
        )
        self._reload_at = Gauge(
            "gateway_config_last_reload_success_timestamp_seconds",
            "When a routes.yaml last took effect, unix seconds.",
            registry=registry,
        )
        self._silences = Gauge(
            "gateway_silences",
            "Silences that hold or will hold, by state.",
            ["state"],
            registry=registry,
        )
        self._holds = Gauge(
            "gateway_holds",
            "Targets that wait because the vendor limits the rate, by channel.",
            ["channel"],
            registry=registry,
        )
        self._components = Gauge(
            "gateway_component_ok",
            "0 while a component has the problem that /healthz names, by component.",
            ["component"],
            registry=registry,
        )
        self._lag = Histogram(
            "gateway_loop_lag_seconds",
            "How late the event loop was: high values mean that something blocks it.",
            buckets=LAGS,
            registry=registry,
        )
        self._store_ok = Gauge(
            "gateway_store_up", "1 while the database can be used.", registry=registry
        )
        self._store_intact = Gauge(
            "gateway_store_intact",
            "0 when the last check of the database file found damage.",
            registry=registry,
        )
        self._store_intact.set(1)
        self._clock_ahead = Gauge(
            "gateway_clock_ahead_seconds",
            "Seconds by which this replica's clock is ahead of its PostgreSQL's, at least.",
            registry=registry,
        )
        # For each request, decision and attempt: looking up a counter's child takes 3 µs.
        self._request = cache(self._requests.labels)
        self._taken = cache(self._alerts.labels)
        self._decision = cache(self._decisions.labels)
        self._notice = cache(self._notices.labels)
        self._attempt = cache(self._attempts.labels)
        self._took = cache(self._attempt_seconds.labels)
        self._severities: Collection[str] = ()
        self.loaded_at: float | None = None

    def set_config(self, severities: Collection[str], digest: str) -> None:
        """The routes.yaml in force: its severities, which may be label values, and its hash."""
        self._severities = frozenset(severities)
        self._config.clear()
        self._config.labels(digest).set(1)

    def count_request(self, source: str, status: int) -> None:
        """A request to take alerts in was answered. `source` is a declared one, or OTHER."""
        self._request(source, str(status)).inc()

    def count_refusal(self, kind: str) -> None:
        """An HTTP request was refused: malformed, or without the right to be answered."""
        self._refused.labels(kind).inc()

    def set_connections(self, count: int) -> None:
        """How many HTTP connections are open."""
        self._connections.set(count)

    def count_closed_connection(self, why: str) -> None:
        """A connection was closed or refused by a limit."""
        self._connections_closed.labels(why).inc()

    def count_alerts(self, source: str, taken: int, refused: int = 0, truncated: int = 0) -> None:
        """Alerts of a committed request."""
        if taken:
            self._taken(source).inc(taken)
        if refused:
            self._rejected.labels(source).inc(refused)
        if truncated:
            self._truncated.labels(source).inc(truncated)

    def count_decision(self, reasons: Iterable[str]) -> None:
        """One decision, with all its reasons; each counts once."""
        for reason in {str(reason) for reason in reasons}:
            self._decision(reason).inc()

    def count_notice(self, channel: str, kind: NoticeKind) -> None:
        """A message was put into the outbox."""
        self._notice(channel, kind.value).inc()

    def count_attempt(self, channel: str, result: str, seconds: float) -> None:
        """One attempt to send ended with `result`: accepted, or a Failure's word."""
        self._attempt(channel, result).inc()
        self._took(channel).observe(max(0.0, seconds))

    def count_response(self, response: ActionResult, now: float) -> None:
        """Somebody acknowledged or undid it."""
        incident = response.incident
        via = incident.ack.via if incident.ack else "none"
        self._answers.labels(via, response.answer.value).inc()
        if response.answer is ActionOutcome.DONE:
            known = incident.severity in self._severities
            severity = incident.severity if known else OTHER
            self._acknowledged.labels(severity).observe(max(0.0, now - incident.opened_at))

    def record_reload(self, ok: bool, at: float) -> None:
        """routes.yaml was read; `ok` when it took effect."""
        self._reload_ok.set(1 if ok else 0)
        if ok:
            self.loaded_at = at
            self._reload_at.set(at)

    def observe_loop_lag(self, seconds: float) -> None:
        """How late a timer of the event loop was."""
        self._lag.observe(max(0.0, seconds))

    def set_store_up(self, up: bool) -> None:
        """Whether the database could be used when somebody last looked."""
        self._store_ok.set(1 if up else 0)

    def set_store_intact(self, intact: bool) -> None:
        """What the last check of the database file found."""
        self._store_intact.set(1 if intact else 0)

    def set_clock_ahead(self, seconds: float) -> None:
        """How far our clock is ahead of the database's; 0 with the embedded one."""
        self._clock_ahead.set(seconds)

    def set_outbox(
        self,
        depth: Iterable[tuple[str, str, int, float | None]],
        channels: Iterable[str],
        now: float,
    ) -> None:
        """The outbox as it is: (channel, state, count, creation of the oldest) rows.

        `channels` without rows show as empty, so that an alert on them can tell 0 from no data.
        """
        self._outbox.clear()
        self._outbox_age.clear()
        oldest: dict[str, float] = dict.fromkeys(channels, now)
        for channel in oldest:
            for state in ("pending", "dead"):
                self._outbox.labels(channel, state).set(0)
        for channel, state, count, created_at in depth:
            self._outbox.labels(channel, state).set(count)
            if state in ("pending", "sending") and created_at is not None:
                oldest[channel] = min(oldest.get(channel, now), created_at)
        for channel, created_at in oldest.items():
            self._outbox_age.labels(channel).set(max(0.0, now - created_at))

    def set_incidents(
        self, standing: Iterable[tuple[str, str, int, float | None]], now: float
    ) -> None:
        """The incidents that go on: (severity, state, count, opening of the oldest told) rows.

        Every known severity shows, with 0 where there are none; unknown ones are OTHER.
        """
        counts = {(name, state): 0 for name in self._severities for state in ON_GOING}
        opened = dict.fromkeys(self._severities, now)
        for severity, state, count, opened_at in standing:
            name = severity if severity in self._severities else OTHER
            counts[name, state] = counts.get((name, state), 0) + count
            if state == State.FIRING.value and opened_at is not None:
                opened[name] = min(opened.get(name, now), opened_at)
        self._incidents.clear()
        self._unanswered.clear()
        for labels, count in counts.items():
            self._incidents.labels(*labels).set(count)
        for name, opened_at in opened.items():
            self._unanswered.labels(name).set(max(0.0, now - opened_at))

    def set_silences(self, standing: Mapping[str, int]) -> None:
        """The silences as they are: how many are active, and how many pending."""
        for state, count in standing.items():
            self._silences.labels(state).set(count)

    def set_holds(self, holds: Mapping[str, Sized], channels: Iterable[str]) -> None:
        """Set the holds of each channel that have not ended; an account on hold counts as one."""
        self._holds.clear()
        for channel in dict.fromkeys((*channels, *holds)):
            self._holds.labels(channel).set(len(holds.get(channel, ())))

    def set_components(self, states: Iterable[tuple[str, bool]]) -> None:
        """Set the state of each component: its name, and whether it is well."""
        self._components.clear()
        for component, ok in states:
            self._components.labels(component).set(ok)

    def exposition(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self.registry)
