"""The server's own settings: environment variables GATEWAY_*, in one table."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from gateway.core.plan.accounts import Secret
from gateway.core.urls.hosts import is_loopback, read_hosts
from gateway.core.urls.web_url import WebUrl, plain_url, proxy_url, web_url

PREFIX = "GATEWAY_"
SHORTEST_KEY = 16
"""Characters that GATEWAY_SECRET_KEY must have. With fewer it can be guessed from one link."""
_Url = TypeVar("_Url", str, WebUrl)
_PATH = re.compile(r"[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*")
"""Segments of letters that a URL need not escape, so that the path is written one way only."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its name, default and meaning. The docs are made from these."""

    name: str
    default: str
    help: str
    secret: bool = False


SETTINGS = (
    Setting("GATEWAY_LISTEN", "127.0.0.1:9095", "Address and port to serve on."),
    Setting("GATEWAY_CONFIG", "routes.yaml", "The file with routes; `--config` wins."),
    Setting(
        "GATEWAY_TEMPLATES",
        "templates",
        "Folder whose files replace shipped templates of the same name; `--templates` wins.",
    ),
    Setting(
        "GATEWAY_DATABASE_URL",
        "sqlite:///data/gateway.db",
        "Where incidents and the outbox are kept. `postgresql://user:password@host/name` for "
        "PostgreSQL, which several replicas can share.",
        secret=True,
    ),
    Setting(
        "GATEWAY_EXTERNAL_URL",
        "http://<listen>",
        "How people's browsers reach the gateway; links in messages begin with it. Needed when "
        "GATEWAY_LISTEN is not a loopback address.",
    ),
    Setting(
        "GATEWAY_ALLOWED_HOSTS",
        "",
        "Further host names that requests without a token may name in `Host`, separated by "
        "commas: `alerts.example.com`, `*.example.com`, or `*` for any. See "
        "[DNS rebinding](security.md#dns-rebinding).",
    ),
    Setting(
        "GATEWAY_MAX_CONNECTIONS",
        "1024",
        "Open connections at most. Beyond it the oldest idle ones are closed. Lowered at start "
        "where the limit on open files leaves less.",
    ),
    Setting(
        "GATEWAY_MAX_CONNECTIONS_PER_ADDRESS",
        "256",
        "The same for one client address (IPv6: one /64 network). Behind a reverse proxy all "
        "clients share one address: `0` sets no limit of its own.",
    ),
    Setting(
        "GATEWAY_ROUTE_PREFIX",
        "the path of GATEWAY_EXTERNAL_URL",
        "Everything is served below this path, like `/alertmanager`; `/` is none. Set it to `/` "
        "where a proxy takes the path off.",
    ),
    Setting(
        "GATEWAY_SECRET_KEY",
        "made and kept beside the embedded database",
        "Signs acknowledge links; at least 16 characters. Replicas need the same one.",
        secret=True,
    ),
    Setting(
        "GATEWAY_API_TOKEN",
        "",
        "Bearer token for the API's writes, POST /-/reload and, off loopback, its reads.",
        secret=True,
    ),
    Setting(
        "GATEWAY_PUBLIC_READS", "0", "1: pages and the API's reads need no token off loopback."
    ),
    Setting("GATEWAY_LOG", "auto", "json, text, or auto: text on a terminal, JSON elsewhere."),
    Setting("GATEWAY_LOG_LEVEL", "info", "debug, info, warning or error."),
    Setting(
        "GATEWAY_STOP_PATIENCE",
        "20",
        "Seconds that a stop waits for messages in flight before it hands them back.",
    ),
    Setting(
        "GATEWAY_LEASE",
        "60",
        "Seconds for which a message that is being sent belongs to its replica: after a crash it "
        "takes so long until what was in flight is taken over. At least 2.",
    ),
    Setting(
        "GATEWAY_STUCK_AFTER",
        "120",
        "Seconds without success after which /readyz names a channel that fails.",
    ),
    Setting(
        "GATEWAY_HEARTBEAT_URL",
        "",
        "Requested with GET once a minute while everything works: a watcher outside then notices "
        "when the gateway itself is gone.",
        secret=True,
    ),
    Setting(
        "GATEWAY_HEARTBEAT_PROXY",
        "",
        "An HTTP proxy for the heartbeat: `http://proxy:3128`. The environment's proxies are not "
        "used.",
        secret=True,
    ),
)

KNOWN_NAMES = {setting.name for setting in SETTINGS}
TEST_PREFIXES = (
    "GATEWAY_TEST_",
    "GATEWAY_SHARED_",
    "GATEWAY_REQUIRE_",
    "GATEWAY_CONFORMANCE_",
    "GATEWAY_UPDATE_",
)


_OF_A_SERVICE = re.compile(
    r"GATEWAY(_[A-Z0-9_]+?)??_"
    r"(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)"
)
"""What Kubernetes and Docker's links put into the environment beside a service that is called
gateway, or gateway-something (kubernetes.io/docs/concepts/services-networking/service)."""


class SettingError(ValueError):
    """An environment variable makes no sense. The message names it and says what to write."""


@dataclass(frozen=True)  # no slots: they would leave no place for the cached properties
class ServerSettings:
    """The settings as values."""

    host: str
    port: int
    config: Path
    templates: Path
    database_url: Secret
    external_url: str
    local_url: str  # the same without any proxy in between
    route_prefix: str  # empty, or like /alertmanager
    secret_key: Secret | None
    api_token: Secret | None
    public_reads: bool
    log: str
    log_level: str
    stop_patience: float
    lease: float
    stuck_after: float
    heartbeat_url: Secret | None
    heartbeat_proxy: Secret | None
    allowed_hosts: tuple[str, ...]
    max_connections: int
    max_connections_per_address: int  # 0: no limit of its own
    external_url_set: bool

    @cached_property
    def loopback(self) -> bool:
        """Whether only this machine can connect."""
        return is_loopback(self.host)

    @cached_property
    def known_hosts(self) -> tuple[str, ...]:
        """The names by which the gateway is meant to be reached, as `hosts.is_known` takes them."""
        external = urlsplit(self.external_url).hostname or ""
        return tuple(filter(None, (self.host.lower(), external, *self.allowed_hosts)))

    @property
    def sqlite_path(self) -> Path | None:
        """The file of the embedded database, None for another one."""
        url = self.database_url.reveal()
        if not url.startswith("sqlite"):
            return None
        return Path(url.partition(":///")[2])


def read_settings(env: Mapping[str, str]) -> ServerSettings:
    """Settings from the environment. Raises SettingError for the first that makes no sense."""
    for name in sorted(env):
        if _of_a_service(name, env[name]):
            continue
        if (
            name.startswith(PREFIX)
            and name not in KNOWN_NAMES
            and not name.startswith(TEST_PREFIXES)
        ):
            from difflib import get_close_matches  # only a mistake pays for its import

            near = get_close_matches(name, KNOWN_NAMES, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise SettingError(
                f"{name} is not a setting{hint}; known: {', '.join(sorted(KNOWN_NAMES))}"
            )

    def text(name: str) -> str:
        setting = next(s for s in SETTINGS if s.name == name)
        return env.get(name, "") or setting.default

    def secret(name: str) -> Secret | None:
        return Secret(_trimmed(name, env[name])) if env.get(name) else None

    host, port = _listen(text("GATEWAY_LISTEN"))
    shown = "127.0.0.1" if host in ("", "0.0.0.0", "::") else host  # noqa: S104 - for links only
    shown = f"[{shown}]" if ":" in shown else shown
    external = env.get("GATEWAY_EXTERNAL_URL", "")
    if external:
        external = _checked("GATEWAY_EXTERNAL_URL", external, plain_url)
        if urlsplit(external).query:
            raise SettingError("GATEWAY_EXTERNAL_URL must end with its path: leave out ? and more")
    for name, check in (
        ("GATEWAY_HEARTBEAT_URL", web_url),
        ("GATEWAY_HEARTBEAT_PROXY", proxy_url),
    ):
        if env.get(name):
            _checked(name, env[name], check)
    prefix = _prefix(env.get("GATEWAY_ROUTE_PREFIX") or urlsplit(external).path)
    local = f"http://{shown}:{port}{prefix}"
    key = secret("GATEWAY_SECRET_KEY")
    if key is not None and len(key.reveal().strip()) < SHORTEST_KEY:
        raise SettingError(
            f"GATEWAY_SECRET_KEY must have at least {SHORTEST_KEY} characters besides spaces "
            "around them; make one with: openssl rand -hex 32"
        )
    database = _trimmed("GATEWAY_DATABASE_URL", text("GATEWAY_DATABASE_URL"))
    if not database.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise SettingError(
            "GATEWAY_DATABASE_URL must begin with sqlite:/// or postgresql:// "
            "(its value is not shown: it may hold a password)"
        )
    return ServerSettings(
        host=host,
        port=port,
        config=Path(text("GATEWAY_CONFIG")),
        templates=Path(text("GATEWAY_TEMPLATES")),
        database_url=Secret(database),
        external_url=(external or local).rstrip("/"),
        local_url=local,
        route_prefix=prefix,
        secret_key=key,
        api_token=secret("GATEWAY_API_TOKEN"),
        public_reads=_yes("GATEWAY_PUBLIC_READS", text("GATEWAY_PUBLIC_READS")),
        log=_one_of("GATEWAY_LOG", text("GATEWAY_LOG"), ("auto", "json", "text")),
        log_level=_one_of(
            "GATEWAY_LOG_LEVEL",
            text("GATEWAY_LOG_LEVEL").lower(),
            ("debug", "info", "warning", "error"),
        ),
        stop_patience=_seconds("GATEWAY_STOP_PATIENCE", text("GATEWAY_STOP_PATIENCE")),
        lease=_seconds("GATEWAY_LEASE", text("GATEWAY_LEASE"), at_least=2),
        stuck_after=_seconds("GATEWAY_STUCK_AFTER", text("GATEWAY_STUCK_AFTER")),
        heartbeat_url=secret("GATEWAY_HEARTBEAT_URL"),
        heartbeat_proxy=secret("GATEWAY_HEARTBEAT_PROXY"),
        allowed_hosts=_hosts(text("GATEWAY_ALLOWED_HOSTS")),
        max_connections=_count("GATEWAY_MAX_CONNECTIONS", text("GATEWAY_MAX_CONNECTIONS"), 16),
        max_connections_per_address=_count(
            "GATEWAY_MAX_CONNECTIONS_PER_ADDRESS", text("GATEWAY_MAX_CONNECTIONS_PER_ADDRESS"), 0
        ),
        external_url_set=bool(external),
    )


def _checked(name: str, text: str, check: Callable[[str], _Url]) -> _Url:
    """What a check of URLs returns. The URL is not shown: it may hold a token."""
    try:
        return check(text)
    except ValueError as error:
        raise SettingError(f"{name}: {error}") from None


def _of_a_service(name: str, value: str) -> bool:
    """Whether a variable is the platform's, whose PORT is a URL: a number is somebody's slip."""
    found = _OF_A_SERVICE.fullmatch(name)
    return found is not None and (found[2] != "PORT" or "://" in value)


def _trimmed(name: str, value: str) -> str:
    """A secret as it is. Raises SettingError for white space around it: no client can send that."""
    if value != value.strip():
        what = "has white space at its beginning or end" if value.strip() else "is blank"
        raise SettingError(
            f"{name} {what} (its value is not shown): write the value alone, or unset it"
        )
    return value


def _hosts(text: str) -> tuple[str, ...]:
    try:
        return read_hosts(text)
    except ValueError as error:
        raise SettingError(
            f"GATEWAY_ALLOWED_HOSTS has {str(error)!r}; write host names without a scheme or "
            "port, separated by commas, like alerts.example.com,*.example.org"
        ) from None


def _count(name: str, text: str, at_least: int) -> int:
    if not text.isascii() or not text.isdigit() or not at_least <= int(text) <= 1_000_000:
        raise SettingError(f"{name} is {text!r}; write a whole number, at least {at_least}")
    return int(text)


def _listen(text: str) -> tuple[str, int]:
    # Without the colon a port alone would be all addresses, and not the loopback one.
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise SettingError(f"GATEWAY_LISTEN is {text!r}; write host:port, like 127.0.0.1:9095")
    return host.strip("[]"), int(port)


def _prefix(text: str) -> str:
    """The path to serve below, without a slash at its end: empty for the root."""
    path = text.strip("/")
    if path and not _PATH.fullmatch(path):
        raise SettingError(
            f"GATEWAY_ROUTE_PREFIX is {text!r}; write a path like /alertmanager, or / for none"
        )
    return f"/{path}" if path else ""


def _yes(name: str, text: str) -> bool:
    return _one_of(name, text.lower(), ("0", "1", "false", "true", "no", "yes")) in (
        "1",
        "true",
        "yes",
    )


def _one_of(name: str, text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise SettingError(f"{name} is {text!r}; allowed: {', '.join(allowed)}")
    return text


def _seconds(name: str, text: str, at_least: int = 0) -> float:
    if not text.isascii() or not text.isdigit() or int(text) < at_least:
        least = f", at least {at_least}" if at_least else ""
        raise SettingError(f"{name} is {text!r}; write whole seconds, like 20{least}")
    return float(text)
