"""Reading of the settings from the environment."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from gateway.core.plan.accounts import Secret
from gateway.core.urls.web_url import plain_url, proxy_url, web_url
from gateway.settings.parse import (
    SettingError,
    Url,
    parse_choice,
    parse_count,
    parse_daily,
    parse_flag,
    parse_hosts,
    parse_listen,
    parse_prefix,
    parse_seconds,
    parse_secret_text,
    parse_url,
)
from gateway.settings.secret_files import SECRETS_DIR
from gateway.settings.table import DEFAULTS, TEST_PREFIXES
from gateway.settings.values import ServerSettings

PREFIX = "GATEWAY_"
DAY = 86400.0
"""Seconds."""
SHORTEST_KEY = 16
"""Characters that GATEWAY_SECRET_KEY must have. A shorter one can be guessed from one link."""
_SERVICE_VARIABLE = re.compile(
    r"GATEWAY(_[A-Z0-9_]+?)??_"
    r"(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)"
)
"""Variables that Kubernetes and Docker's links set for a service named gateway, or
gateway-something (kubernetes.io/docs/concepts/services-networking/service)."""


def read_settings(env: Mapping[str, str]) -> ServerSettings:
    """Return the settings from the environment. Raises SettingError for the first invalid one.

    Secrets in files are added to the environment before, by `with_secret_files`.
    """
    _refuse_unknown(env)
    variables = _Variables(env)
    host, port = parse_listen(variables.text("GATEWAY_LISTEN"))
    external = _external_url(env)
    prefix = parse_prefix(env.get("GATEWAY_ROUTE_PREFIX") or urlsplit(external).path)
    local = f"http://{_host_to_connect_to(host)}:{port}{prefix}"
    return ServerSettings(
        host=host,
        port=port,
        config=Path(variables.text("GATEWAY_CONFIG")),
        templates=Path(variables.text("GATEWAY_TEMPLATES")),
        secrets_dir=Path(folder) if (folder := env.get(SECRETS_DIR)) else None,
        reload_on_change=variables.flag("GATEWAY_RELOAD_ON_CHANGE"),
        database_url=_database_url(variables),
        external_url=(external or local).rstrip("/"),
        local_url=local,
        route_prefix=prefix,
        secret_key=_secret_key(variables),
        api_token=variables.secret("GATEWAY_API_TOKEN"),
        public_reads=variables.flag("GATEWAY_PUBLIC_READS"),
        log=variables.choice("GATEWAY_LOG", ("auto", "json", "text")),
        log_level=parse_choice(
            "GATEWAY_LOG_LEVEL",
            variables.text("GATEWAY_LOG_LEVEL").lower(),
            ("debug", "info", "warning", "error"),
        ),
        stop_patience=variables.seconds("GATEWAY_STOP_PATIENCE"),
        lease=variables.seconds("GATEWAY_LEASE", at_least=2),
        stuck_after=variables.seconds("GATEWAY_STUCK_AFTER"),
        retention=variables.days("GATEWAY_RETENTION"),
        duty_retention=variables.days("GATEWAY_DUTY_RETENTION"),
        verify_cron=parse_daily("GATEWAY_VERIFY_AT", variables.text("GATEWAY_VERIFY_AT")),
        heartbeat_url=variables.secret_url("GATEWAY_HEARTBEAT_URL", web_url),
        heartbeat_proxy=variables.secret_url("GATEWAY_HEARTBEAT_PROXY", proxy_url),
        allowed_hosts=parse_hosts(variables.text("GATEWAY_ALLOWED_HOSTS")),
        max_connections=variables.count("GATEWAY_MAX_CONNECTIONS", at_least=16),
        max_connections_per_address=variables.count(
            "GATEWAY_MAX_CONNECTIONS_PER_ADDRESS", at_least=0
        ),
        external_url_set=bool(external),
    )


class _Variables:
    """The values of settings in an environment, each parsed by its kind."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def text(self, name: str) -> str:
        """Return the value, or the default of an empty one."""
        return self._env.get(name, "") or DEFAULTS[name]

    def secret(self, name: str) -> Secret | None:
        value = self._env.get(name)
        return Secret(parse_secret_text(name, value)) if value else None

    def secret_url(self, name: str, check: Callable[[str], Url]) -> Secret | None:
        value = self._env.get(name)
        if value:
            parse_url(name, value, check)
        return self.secret(name)

    def flag(self, name: str) -> bool:
        return parse_flag(name, self.text(name))

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        return parse_choice(name, self.text(name), allowed)

    def seconds(self, name: str, *, at_least: int = 0) -> float:
        return parse_seconds(name, self.text(name), at_least)

    def days(self, name: str) -> float:
        """Return a number of days, in seconds."""
        return parse_count(name, self.text(name), 1) * DAY

    def count(self, name: str, *, at_least: int) -> int:
        return parse_count(name, self.text(name), at_least)


def _external_url(env: Mapping[str, str]) -> str:
    """Return the external URL, or empty."""
    url = env.get("GATEWAY_EXTERNAL_URL", "")
    if not url:
        return ""
    url = parse_url("GATEWAY_EXTERNAL_URL", url, plain_url)
    if urlsplit(url).query:
        raise SettingError("GATEWAY_EXTERNAL_URL must end with its path: remove ? and the rest")
    return url


def _host_to_connect_to(host: str) -> str:
    """Return the host of local URLs: clients cannot connect to a wildcard on every system."""
    if host in ("", "0.0.0.0", "::"):  # noqa: S104 - for URLs only
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _database_url(variables: _Variables) -> Secret:
    name = "GATEWAY_DATABASE_URL"
    url = parse_secret_text(name, variables.text(name))
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise SettingError(
            f"{name} must begin with sqlite:/// or postgresql:// "
            "(its value is not shown: it may hold a password)"
        )
    return Secret(url)


def _secret_key(variables: _Variables) -> Secret | None:
    key = variables.secret("GATEWAY_SECRET_KEY")
    if key is not None and len(key.reveal().strip()) < SHORTEST_KEY:
        raise SettingError(
            f"GATEWAY_SECRET_KEY must have at least {SHORTEST_KEY} characters besides spaces "
            "around them; make one with: openssl rand -hex 32"
        )
    return key


def _refuse_unknown(env: Mapping[str, str]) -> None:
    """Raise SettingError for a variable that looks like a setting and is not one."""
    for name in sorted(env):
        if _is_service_variable(name, env[name]):
            continue
        if name.startswith(PREFIX) and name not in DEFAULTS and not name.startswith(TEST_PREFIXES):
            from difflib import get_close_matches  # slow to import, and needed for a mistake only

            near = get_close_matches(name, DEFAULTS, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise SettingError(
                f"{name} is not a setting{hint}; known: {', '.join(sorted(DEFAULTS))}"
            )


def _is_service_variable(name: str, value: str) -> bool:
    """Return whether the platform set a variable. Its PORT is a URL; a number is a mistake."""
    match = _SERVICE_VARIABLE.fullmatch(name)
    return match is not None and (match[2] != "PORT" or "://" in value)
