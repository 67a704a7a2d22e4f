"""Table of all settings, with defaults and meanings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable; docs/settings.md is generated from its fields."""

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
        "The database. `postgresql://user:password@host/name` for PostgreSQL, which several "
        "replicas can share.",
        secret=True,
    ),
    Setting(
        "GATEWAY_SECRETS_DIR",
        "",
        "Folder with a file for each variable, as Kubernetes, Docker and systemd mount secrets. "
        "The file's name is the variable's, also of one that routes.yaml names, and a file wins "
        "over a variable. See [secrets](security.md#secrets).",
    ),
    Setting(
        "GATEWAY_RELOAD_ON_CHANGE",
        "0",
        "1: load routes.yaml again when it, a file that it refers to, a template or a file of "
        "GATEWAY_SECRETS_DIR changes.",
    ),
    Setting(
        "GATEWAY_EXTERNAL_URL",
        "http://<listen>",
        "The URL at which browsers reach the gateway; links in messages begin with it. Required if "
        "GATEWAY_LISTEN is not a loopback address.",
    ),
    Setting(
        "GATEWAY_ALLOWED_HOSTS",
        "",
        "Additional host names that requests without a token may have in `Host`, separated by "
        "commas: `alerts.example.com`, `*.example.com`, or `*` for any. See "
        "[DNS rebinding](security.md#dns-rebinding).",
    ),
    Setting(
        "GATEWAY_MAX_CONNECTIONS",
        "1024",
        "Maximum number of open connections. Above it, the oldest idle ones are closed. Lowered at "
        "start if the limit on open files is too low for it.",
    ),
    Setting(
        "GATEWAY_MAX_CONNECTIONS_PER_ADDRESS",
        "256",
        "The same for one client address (IPv6: one /64 network). Behind a reverse proxy all "
        "clients share one address: `0` turns this limit off.",
    ),
    Setting(
        "GATEWAY_ROUTE_PREFIX",
        "the path of GATEWAY_EXTERNAL_URL",
        "The path below which everything is served, like `/alertmanager`; `/` for none. Set it to "
        "`/` if a proxy removes the path.",
    ),
    Setting(
        "GATEWAY_SECRET_KEY",
        "created and stored beside the embedded database",
        "Key that signs acknowledge links; at least 16 characters. Replicas need the same one.",
        secret=True,
    ),
    Setting(
        "GATEWAY_API_TOKEN",
        "",
        "Bearer token for the API's writes, POST /-/reload and, beyond loopback, its reads.",
        secret=True,
    ),
    Setting(
        "GATEWAY_PUBLIC_READS", "0", "1: pages and the API's reads need no token beyond loopback."
    ),
    Setting("GATEWAY_LOG", "auto", "json, text, or auto: text on a terminal, JSON elsewhere."),
    Setting("GATEWAY_LOG_LEVEL", "info", "debug, info, warning or error."),
    Setting(
        "GATEWAY_STOP_PATIENCE",
        "20",
        "Seconds that a stop waits for messages in flight before it releases their claims.",
    ),
    Setting(
        "GATEWAY_LEASE",
        "60",
        "Seconds for which a replica has the claim on a message that it sends: after a crash, "
        "another replica takes over messages in flight after so long. At least 2.",
    ),
    Setting(
        "GATEWAY_STUCK_AFTER",
        "120",
        "Seconds of failures without a success after which /readyz names the channel.",
    ),
    Setting(
        "GATEWAY_RETENTION",
        "90",
        "Days for which resolved incidents are kept, with their messages and alerts. At least 1.",
    ),
    Setting(
        "GATEWAY_DUTY_RETENTION",
        "730",
        "Days for which it is kept who was on call. At least 1. A rota with a handover a day "
        "stores about 40 kB a year.",
    ),
    Setting(
        "GATEWAY_VERIFY_AT",
        "03:40",
        "Time of day at which the stored history is [verified](verify.md), on the wall clock of "
        "`business_hours`; `off` for never.",
    ),
    Setting(
        "GATEWAY_HEARTBEAT_URL",
        "",
        "URL that is requested with GET once a minute while everything works, so that an external "
        "monitor notices when the gateway itself is down.",
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

DEFAULTS = {setting.name: setting.default for setting in SETTINGS}
"""Defaults by name. Some are descriptions, because they depend on other settings."""

TEST_PREFIXES = (
    "GATEWAY_TEST_",
    "GATEWAY_SHARED_",
    "GATEWAY_REQUIRE_",
    "GATEWAY_CONFORMANCE_",
    "GATEWAY_UPDATE_",
)
"""Prefixes of variables that the tests use, which are no settings."""
