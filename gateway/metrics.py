"""Metrics of the gateway itself, for Prometheus.

All names begin with `gateway_`, except for one that clients of Alertmanager read. No label takes a
value from an alert: sources, channels and severities are those of routes.yaml, and every other
label has a closed set of values.
"""

from collections.abc import Collection, Iterable, Mapping, Sized
from contextlib import suppress
from functools import cache
from itertools import product

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
from gateway.core.decide.result import ActionResult
from gateway.core.heartbeats.schedule import HeartbeatStatus
from gateway.core.heartbeats.state import PingKind
from gateway.core.incidents.incident import Incident, State
from gateway.core.incidents.notice import NoticeKind
from gateway.core.plan.accounts import split_account_key
from gateway.core.plan.link_checks import LinkState
from gateway.core.proof.coverage import Coverage

# Otherwise each counter has a second series, with its creation time.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it so

OTHER = "other"
"""Label value for every severity or source that routes.yaml does not declare."""

_MINUTE, _HOUR = 60.0, 3600.0
# Bounds of histograms, in seconds. Each one more costs a series for every label value.
RESOLVED_WITHIN = (
    5 * _MINUTE,
    15 * _MINUTE,
    30 * _MINUTE,
    _HOUR,
    2 * _HOUR,
    4 * _HOUR,
    8 * _HOUR,
    24 * _HOUR,
    3 * 24 * _HOUR,
    7 * 24 * _HOUR,
)
ACKNOWLEDGED_WITHIN = (
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
OPEN_STATES = (State.FIRING.value, State.ACKNOWLEDGED.value)
LAGS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """The metrics of one process, in a registry of their own.

    Any thread may call the `count_` and `observe_` methods. Those that replace whole sets of series
    (`set_outbox`, `set_incidents`, `set_holds`, `set_coverage`, `set_components`) belong to the
    event loop.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._define_builds()
        self._define_intake()
        self._define_http()
        self._define_heartbeats()
        self._define_slack()
        self._define_incidents()
        self._define_delivery()
        self._define_operation()
        self._define_oncall()
        self._define_verification()
        self._define_drills()
        # Looking up a counter's child takes 3 µs, for each request, decision and attempt.
        self._request = cache(self._requests.labels)
        self._taken = cache(self._alerts.labels)
        self._decision = cache(self._decisions.labels)
        self._notice = cache(self._notices.labels)
        self._attempt = cache(self._attempts.labels)
        self._took = cache(self._attempt_seconds.labels)
        self._severities: Collection[str] = ()
        self._teams: Collection[str] = ()
        self.loaded_at: float | None = None

    def _counter(self, name: str, description: str, *labels: str) -> Counter:
        return Counter(name, description, labels, registry=self.registry)

    def _gauge(self, name: str, description: str, *labels: str) -> Gauge:
        return Gauge(name, description, labels, registry=self.registry)

    def _histogram(
        self, name: str, description: str, *labels: str, buckets: tuple[float, ...]
    ) -> Histogram:
        return Histogram(name, description, labels, buckets=buckets, registry=self.registry)

    def _define_builds(self) -> None:
        build = self._gauge("gateway_build_info", "Constant 1, with the version.", "version")
        build.labels(__version__).set(1)
        alertmanager = self._gauge(
            "alertmanager_build_info",
            "Constant 1, with the version of Alertmanager whose API is served.",
            "version",
        )
        alertmanager.labels(ALERTMANAGER).set(1)

    def _define_intake(self) -> None:
        self._requests = self._counter(
            "gateway_ingest_requests",
            "Requests that post alerts, by source and HTTP status.",
            "source",
            "status",
        )
        self._alerts = self._counter(
            "gateway_ingest_alerts", "Alerts accepted, re-posts included, by source.", "source"
        )
        self._rejected = self._counter(
            "gateway_ingest_alerts_rejected",
            "Alerts refused because a field is invalid, by source.",
            "source",
        )
        self._truncated = self._counter(
            "gateway_ingest_alerts_truncated",
            "Alerts that the sender reports as omitted by its own limit, by source.",
            "source",
        )
        self._rate_limited = self._counter(
            "gateway_ingest_rate_limited",
            "Posts refused because their source has posted more than max_per_minute.",
            "source",
        )
        self._source_post = self._gauge(
            "gateway_source_last_post_timestamp_seconds",
            "When each source of routes.yaml last had a post accepted, by any replica.",
            "source",
        )
        self._source_silent = self._gauge(
            "gateway_source_silent",
            "1 while a source with expect_every has been silent for longer.",
            "source",
        )

    def _define_heartbeats(self) -> None:
        self._pings = self._counter("gateway_pings", "Stored pings of jobs, by kind.", "kind")
        self._heartbeat_status = self._gauge(
            "gateway_heartbeat_status",
            "1 for the present status of each heartbeat of routes.yaml.",
            "heartbeat",
            "status",
        )
        self._heartbeat_ping = self._gauge(
            "gateway_heartbeat_last_ping_timestamp_seconds",
            "When each heartbeat last had a success or failure.",
            "heartbeat",
        )

    def _define_slack(self) -> None:
        self._socket_mode = self._gauge(
            "gateway_slack_socket_mode_connected",
            "1 while an account with an app_token is connected to Slack by Socket Mode.",
            "account",
        )

    def _define_http(self) -> None:
        self._refused = self._counter(
            "gateway_http_refused",
            "HTTP requests refused as malformed or unauthorized, by kind.",
            "kind",
        )
        self._connections = self._gauge("gateway_http_connections", "Open HTTP connections.")
        self._connections_closed = self._counter(
            "gateway_http_connections_closed",
            "HTTP connections closed or refused by a limit, by reason.",
            "reason",
        )

    def _define_incidents(self) -> None:
        self._decisions = self._counter(
            "gateway_decisions",
            "Decisions about incidents, by the reason to notify or to suppress.",
            "reason",
        )
        self._incidents = self._gauge(
            "gateway_incidents",
            "Incidents that are not resolved, by team, severity and state.",
            "team",
            "severity",
            "state",
        )
        self._unanswered = self._gauge(
            "gateway_incidents_unanswered_seconds",
            "Age of the oldest notified incident without an acknowledgement, by team and severity.",
            "team",
            "severity",
        )
        self._answers = self._counter(
            "gateway_responses",
            "Acknowledgements and undos, by where they came from and by result.",
            "via",
            "answer",
        )
        self._acknowledged = self._histogram(
            "gateway_acknowledgement_seconds",
            "Time from the first accepted message about an incident to its first "
            "acknowledgement, by team and severity.",
            "team",
            "severity",
            buckets=ACKNOWLEDGED_WITHIN,
        )
        self._resolved = self._histogram(
            "gateway_resolution_seconds",
            "Time from the start of an incident's first alert to the end of its last, by team and "
            "severity.",
            "team",
            "severity",
            buckets=RESOLVED_WITHIN,
        )
        self._without_runbook = self._counter(
            "gateway_incidents_without_runbook",
            "Incidents that were notified without a link to a runbook, by team.",
            "team",
        )
        self._missed = self._counter(
            "gateway_missed_responses",
            "Incidents that nobody acknowledged in time (respond_within), by team and severity.",
            "team",
            "severity",
        )
        self._silences = self._gauge(
            "gateway_silences", "Active and pending silences, by state.", "state"
        )

    def _define_delivery(self) -> None:
        self._notices = self._counter(
            "gateway_notices",
            "Messages put into the outbox, by channel, account and kind.",
            "channel",
            "account",
            "kind",
        )
        self._attempts = self._counter(
            "gateway_attempts",
            "Attempts to send, by channel, account and result.",
            "channel",
            "account",
            "result",
        )
        self._attempt_seconds = self._histogram(
            "gateway_attempt_seconds",
            "Duration of attempts to send, by channel and account.",
            "channel",
            "account",
            buckets=SENT_WITHIN,
        )
        self._outbox = self._gauge(
            "gateway_outbox_notices",
            "Messages that wait, are being sent, or are dead letters, by channel, account, state.",
            "channel",
            "account",
            "state",
        )
        self._outbox_age = self._gauge(
            "gateway_outbox_oldest_seconds",
            "Age of the oldest message that is not delivered yet, by channel and account.",
            "channel",
            "account",
        )
        self._holds = self._gauge(
            "gateway_holds",
            "Targets on hold because the vendor limits the rate, by channel and account.",
            "channel",
            "account",
        )

        self._dropped_links = self._counter(
            "gateway_links_dropped",
            "Links of routes.yaml that were left out of a message, because the filled URL is not "
            "safe or too long.",
        )
        self._delivery_reports = self._counter(
            "gateway_delivery_reports",
            "Reports of vendors about messages and calls that they had accepted, by channel, "
            "account and state.",
            "channel",
            "account",
            "state",
        )
        self._unusable = self._gauge(
            "gateway_unusable_contacts",
            "Contacts and addresses at which messages do not arrive, by channel and account.",
            "channel",
            "account",
        )

    def _define_operation(self) -> None:
        self._config = self._gauge(
            "gateway_config_info", "Constant 1, with a hash of the active routes.yaml.", "digest"
        )
        self._reload_ok = self._gauge(
            "gateway_config_last_reload_successful",
            "1 if the last reload of routes.yaml took effect.",
        )
        self._reload_at = self._gauge(
            "gateway_config_last_reload_success_timestamp_seconds",
            "Unix time at which a routes.yaml last took effect.",
        )
        self._components = self._gauge(
            "gateway_component_ok",
            "0 while /healthz names a problem of the component.",
            "component",
        )
        self._lag = self._histogram(
            "gateway_loop_lag_seconds",
            "Lag of the event loop; high values mean that something blocks it.",
            buckets=LAGS,
        )
        self._store_ok = self._gauge("gateway_store_up", "1 while the database is available.")
        self._store_intact = self._gauge(
            "gateway_store_intact", "0 if the last check of the database file found damage."
        )
        self._store_intact.set(1)
        self._clock_ahead = self._gauge(
            "gateway_clock_ahead_seconds",
            "Seconds by which this replica's clock is ahead of PostgreSQL's, at least.",
        )

    def _define_oncall(self) -> None:
        self._on_call = self._gauge(
            "gateway_rota_on_call", "People on call now whom a contact can reach.", "rota"
        )
        self._uncovered = self._gauge(
            "gateway_rota_uncovered_seconds",
            "Seconds of the next 24 hours in which the rota has nobody who can be reached.",
            "rota",
        )
        self._planned_gap = self._gauge(
            "gateway_rota_planned_gap",
            "1 while nobody is on call in a rota with `gaps: allowed`.",
            "rota",
        )
        self._calendar_ok = self._gauge(
            "gateway_calendar_ok",
            "Whether the calendar could be read the last time, and did not lose its events.",
            "calendar",
        )
        self._calendar_age = self._gauge(
            "gateway_calendar_age_seconds",
            "Seconds since the calendar was last read well; +Inf if it never was.",
            "calendar",
        )

        self._links = self._gauge(
            "gateway_links",
            "Links to runbooks and dashboards by what the last check found.",
            "state",
        )

    def _define_verification(self) -> None:
        self._verified_at = self._gauge(
            "gateway_verify_last_run_timestamp_seconds",
            "When the stored history was last verified; 0 before the first time.",
        )
        self._missing = self._gauge(
            "gateway_verify_missing",
            "Broken promises in stored history, by promise, as of the last verification.",
            "promise",
        )

    def set_verified(self, at: float, by_promise: Mapping[str, int]) -> None:
        """Set the result of the last verification: when it was (Unix seconds), and what it found.

        `by_promise` counts broken promises by a closed set of names.
        """
        self._verified_at.set(at)
        for promise, count in by_promise.items():
            self._missing.labels(promise).set(count)

    def _define_drills(self) -> None:
        self._drill_ended_at = self._gauge(
            "gateway_drill_last_end_timestamp_seconds",
            "When the last run of the drill ended.",
            "drill",
        )
        self._drill_ok = self._gauge(
            "gateway_drill_ok", "Whether the last run of the drill succeeded.", "drill"
        )

    def set_drills(self, by_name: Mapping[str, tuple[float, bool]]) -> None:
        """Set when the last run of each drill ended (Unix seconds), and whether it succeeded."""
        self._drill_ended_at.clear()
        self._drill_ok.clear()
        for name, (ended_at, ok) in by_name.items():
            self._drill_ended_at.labels(name).set(ended_at)
            self._drill_ok.labels(name).set(ok)

    def set_config(self, severities: Collection[str], teams: Collection[str], digest: str) -> None:
        """Set the active routes.yaml: its severities and teams, which become label values.

        `digest` is its hash.
        """
        self._severities = frozenset(severities)
        self._teams = frozenset(teams)
        self._config.clear()
        self._config.labels(digest).set(1)

    def count_request(self, source: str, status: int) -> None:
        """Count an answered request that posts alerts. `source` is a declared one, or OTHER."""
        self._request(source, str(status)).inc()

    def count_rate_limited(self, source: str) -> None:
        """Count a post that was refused because its source posts too often."""
        self._rate_limited.labels(source).inc()

    def count_ping(self, kind: PingKind) -> None:
        """Count a ping that was stored."""
        self._pings.labels(kind.value).inc()

    def set_heartbeats(self, by_name: Mapping[str, tuple[HeartbeatStatus, float | None]]) -> None:
        """Set the status and last ping (Unix seconds) of each declared heartbeat."""
        self._heartbeat_status.clear()
        self._heartbeat_ping.clear()
        for name, (status, last_ping) in by_name.items():
            self._heartbeat_status.labels(name, status.value).set(1)
            if last_ping is not None:
                self._heartbeat_ping.labels(name).set(last_ping)

    def set_sources(self, by_name: Mapping[str, tuple[float | None, bool | None]]) -> None:
        """Set when each declared source last posted (Unix seconds), and whether it is silent.

        None for one that never posted, or that is not expected to post.
        """
        self._source_post.clear()
        self._source_silent.clear()
        for name, (last_post_at, silent) in by_name.items():
            self._rate_limited.labels(name)  # from 0, so that the first refusal is an increase
            if last_post_at is not None:
                self._source_post.labels(name).set(last_post_at)
            if silent is not None:
                self._source_silent.labels(name).set(silent)

    def count_refusal(self, kind: str) -> None:
        """Count an HTTP request that was refused as malformed or unauthorized."""
        self._refused.labels(kind).inc()

    def count_delivery_report(self, channel: str, account: str, state: str) -> None:
        """Count a vendor's report that a message arrived or did not."""
        self._delivery_reports.labels(channel, account, state).inc()

    def set_connections(self, count: int) -> None:
        """Set the number of open HTTP connections."""
        self._connections.set(count)

    def count_closed_connection(self, reason: str) -> None:
        """Count a connection that a limit closed or refused."""
        self._connections_closed.labels(reason).inc()

    def count_alerts(self, source: str, taken: int, refused: int = 0, truncated: int = 0) -> None:
        """Count the alerts of a committed request."""
        if taken:
            self._taken(source).inc(taken)
        if refused:
            self._rejected.labels(source).inc(refused)
        if truncated:
            self._truncated.labels(source).inc(truncated)

    def count_decision(self, reasons: Iterable[str]) -> None:
        """Count one decision under each of its reasons, once for each reason."""
        for reason in {str(reason) for reason in reasons}:
            self._decision(reason).inc()

    def count_first_notice(self, team: str, *, runbook: bool) -> None:
        """Count an incident of a team (empty: none) at its first notice, if it has no runbook."""
        if not runbook:
            self._without_runbook.labels(self._team_label(team)).inc()

    def set_socket_mode(self, account: str, *, connected: bool) -> None:
        """Record whether an account is connected to Slack by Socket Mode."""
        self._socket_mode.labels(account).set(connected)

    def forget_socket_mode(self, account: str) -> None:
        """Forget an account that routes.yaml has no more."""
        with suppress(KeyError):
            self._socket_mode.remove(account)

    def count_missed_response(self, team: str, severity: str) -> None:
        """Count an incident of a team (empty: none) that nobody acknowledged in time."""
        self._missed.labels(self._team_label(team), self._severity_label(severity)).inc()

    def count_resolution(self, team: str, severity: str, seconds: float) -> None:
        """Count an incident of a team (empty: none) that was resolved after so many seconds."""
        labels = self._team_label(team), self._severity_label(severity)
        self._resolved.labels(*labels).observe(seconds)

    def count_notice(self, account_key: str, kind: NoticeKind) -> None:
        """Count a message that was put into the outbox."""
        self._notice(*split_account_key(account_key), kind.value).inc()

    def count_dropped_link(self) -> None:
        """Count a link of routes.yaml that could not be used in a message."""
        self._dropped_links.inc()

    def count_attempt(self, account_key: str, result: str, seconds: float) -> None:
        """Count an attempt to send. `result` is "accepted" or the value of a Failure."""
        labels = split_account_key(account_key)
        self._attempt(*labels, result).inc()
        self._took(*labels).observe(max(0.0, seconds))

    def count_response(self, response: ActionResult) -> None:
        """Count an acknowledgement or its undo."""
        incident = response.incident
        via = incident.ack.via if incident.ack else "none"
        self._answers.labels(via, response.answer.value).inc()

    def count_first_response(self, incident: Incident, seconds: float) -> None:
        """Count a first acknowledgement, so many seconds after the first notice."""
        labels = self._team_label(incident.team), self._severity_label(incident.severity)
        self._acknowledged.labels(*labels).observe(seconds)

    def record_reload(self, at: float, *, ok: bool) -> None:
        """Record a reload of routes.yaml at unix time `at`; `ok` if it took effect."""
        self._reload_ok.set(1 if ok else 0)
        if ok:
            self.loaded_at = at
            self._reload_at.set(at)

    def observe_loop_lag(self, seconds: float) -> None:
        """Observe how late a timer of the event loop was."""
        self._lag.observe(max(0.0, seconds))

    def set_store_up(self, *, up: bool) -> None:
        """Set whether the database was available at the last use."""
        self._store_ok.set(1 if up else 0)

    def set_store_intact(self, *, intact: bool) -> None:
        """Set whether the last check of the database file found no damage."""
        self._store_intact.set(1 if intact else 0)

    def set_clock_ahead(self, seconds: float) -> None:
        """Set how far our clock is ahead of the database's; 0 with the embedded one."""
        self._clock_ahead.set(seconds)

    def set_outbox(
        self,
        depth: Iterable[tuple[str, str, int, float | None]],
        account_keys: Iterable[str],
        now: float,
    ) -> None:
        """Set the outbox from rows of (account key, state, count, creation of the oldest).

        `account_keys` without rows are set to 0, which an alert can distinguish from missing data.
        """
        self._outbox.clear()
        self._outbox_age.clear()
        oldest: dict[str, float] = dict.fromkeys(account_keys, now)
        for key in oldest:
            for state in ("pending", "dead"):
                self._outbox.labels(*split_account_key(key), state).set(0)
        for key, state, count, created_at in depth:
            self._outbox.labels(*split_account_key(key), state).set(count)
            if state in ("pending", "sending") and created_at is not None:
                oldest[key] = min(oldest.get(key, now), created_at)
        for key, created_at in oldest.items():
            self._outbox_age.labels(*split_account_key(key)).set(max(0.0, now - created_at))

    def set_incidents(
        self, rows: Iterable[tuple[str, str, str, int, float | None]], now: float
    ) -> None:
        """Set the incidents from rows of team, severity, state, count and opening of the oldest.

        The oldest is that of the notified ones. Every declared team and severity is set, to 0
        without incidents; undeclared ones count as OTHER. The team of those without one is empty.
        """
        declared = list(product(("", *self._teams), self._severities))
        counts = {(*labels, state): 0 for labels in declared for state in OPEN_STATES}
        opened = dict.fromkeys(declared, now)
        for team, severity, state, count, opened_at in rows:
            labels = self._team_label(team), self._severity_label(severity)
            counts[*labels, state] = counts.get((*labels, state), 0) + count
            if state == State.FIRING.value and opened_at is not None:
                opened[labels] = min(opened.get(labels, now), opened_at)
        self._incidents.clear()
        self._unanswered.clear()
        for key, count in counts.items():
            self._incidents.labels(*key).set(count)
        for labels, opened_at in opened.items():
            self._unanswered.labels(*labels).set(max(0.0, now - opened_at))

    def _team_label(self, team: str) -> str:
        return team if not team or team in self._teams else OTHER

    def _severity_label(self, severity: str) -> str:
        return severity if severity in self._severities else OTHER

    def set_silences(self, counts: Mapping[str, int]) -> None:
        """Set the number of silences by state, active and pending."""
        for state, count in counts.items():
            self._silences.labels(state).set(count)

    def set_holds(self, holds: Mapping[str, Sized], account_keys: Iterable[str]) -> None:
        """Set the number of active holds of each account; one on the whole account counts, too."""
        self._holds.clear()
        for key in dict.fromkeys((*account_keys, *holds)):
            self._holds.labels(*split_account_key(key)).set(len(holds.get(key, ())))

    def set_unusable_contacts(
        self, target_keys: Iterable[str], account_keys: Iterable[str]
    ) -> None:
        """Set the number of unusable targets of each account."""
        counts = dict.fromkeys(account_keys, 0)
        for key in target_keys:
            account = key.partition(":")[0]
            counts[account] = counts.get(account, 0) + 1
        self._unusable.clear()
        for account, count in counts.items():
            self._unusable.labels(*split_account_key(account)).set(count)

    def set_coverage(self, rotas: Iterable[Coverage]) -> None:
        """Set the coverage of each rota, and remove those that no longer exist."""
        self._on_call.clear()
        self._uncovered.clear()
        self._planned_gap.clear()
        for one in rotas:
            self._planned_gap.labels(one.rota).set(one.planned_gap)
            self._on_call.labels(one.rota).set(one.on_call)
            self._uncovered.labels(one.rota).set(one.uncovered)

    def set_calendars(self, calendars: Iterable[tuple[str, bool, float]]) -> None:
        """Set the state of each calendar: its name, whether it is read well, and its age."""
        self._calendar_ok.clear()
        self._calendar_age.clear()
        for calendar, ok, age in calendars:
            self._calendar_ok.labels(calendar).set(ok)
            self._calendar_age.labels(calendar).set(age)

    def set_links(self, counts: Mapping[str, int]) -> None:
        """Set how many followed links are in each state; none where links are not followed."""
        self._links.clear()
        for state in LinkState if counts else ():
            self._links.labels(state.value).set(counts.get(state.value, 0))

    def set_components(self, states: Iterable[tuple[str, bool]]) -> None:
        """Set the state of each component from pairs of its name and whether it is healthy."""
        self._components.clear()
        for component, ok in states:
            self._components.labels(component).set(ok)

    def exposition(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        return generate_latest(self.registry)
