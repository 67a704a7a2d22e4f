"""The settings as values."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from gateway.core.plan.accounts import Secret
from gateway.core.urls.hosts import is_loopback


@dataclass(frozen=True)  # no slots: cached properties need a dictionary
class ServerSettings:
    """The settings as values. None and empty mean "not set"."""

    host: str
    port: int
    config: Path
    templates: Path
    secrets_dir: Path | None
    reload_on_change: bool
    database_url: Secret
    external_url: str
    local_url: str
    """URL at which this machine reaches the gateway, without any proxy in between."""
    route_prefix: str
    """Empty, or a path like /alertmanager."""
    secret_key: Secret | None
    api_token: Secret | None
    public_reads: bool
    log: str
    log_level: str
    stop_patience: float
    """Seconds, like `lease` and `stuck_after`."""
    lease: float
    stuck_after: float
    retention: float
    """Seconds for which resolved incidents are kept."""
    duty_retention: float
    """Seconds for which duty records are kept."""
    verify_cron: str | None
    """When the history is verified, as a cron expression; None for never."""
    heartbeat_url: Secret | None
    heartbeat_proxy: Secret | None
    allowed_hosts: tuple[str, ...]
    max_connections: int
    max_connections_per_address: int
    """0 for no limit."""
    external_url_set: bool

    @cached_property
    def loopback(self) -> bool:
        """Whether only this machine can connect."""
        return is_loopback(self.host)

    @cached_property
    def known_hosts(self) -> tuple[str, ...]:
        """Host names of the gateway, in the form that `hosts.is_known` accepts."""
        external = urlsplit(self.external_url).hostname or ""
        return tuple(filter(None, (self.host.lower(), external, *self.allowed_hosts)))

    @property
    def sqlite_path(self) -> Path | None:
        """The file of the embedded database, None with PostgreSQL."""
        url = self.database_url.reveal()
        if not url.startswith("sqlite"):
            return None
        return Path(url.partition(":///")[2])
