"""The composition root: builds every part once and connects them.

It is written out on purpose: read it to see which part uses which.
"""

import asyncio
import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable, Mapping
from functools import partial

from aiohttp import web

from gateway import clock
from gateway import log as logs
from gateway.channels import build
from gateway.channels.contract import Channel
from gateway.config.load import Config, ConfigError, Problem, load
from gateway.config.source.regular_file import read_regular
from gateway.core.incidents.retry import Claimant
from gateway.core.plan.accounts import ChannelSettings
from gateway.core.plan.channels import CHANNELS
from gateway.flow.drills.endpoint import OwnEndpoint
from gateway.flow.engine import Dependencies, Engine
from gateway.flow.heartbeat import run_heartbeat
from gateway.flow.runtime.loop_lag import measure_loop_lag
from gateway.flow.runtime.reload_on_change import reload_on_change
from gateway.links import Links
from gateway.metrics import Metrics
from gateway.render.service import RenderService
from gateway.settings import ServerSettings, SettingError, with_secret_files
from gateway.signing_key import load_or_create_key
from gateway.store import Store, outbox
from gateway.store.db.clocks import Clocks
from gateway.watched_files import WatchedFiles
from gateway.web.app import build_app
from gateway.web.connections.descriptors import capacity_for, raise_soft_limit
from gateway.web.connections.guard import Limits
from gateway.web.server import runner_for
from gateway.web.slack.endpoints import SOCKET_MODE

log = logging.getLogger(__name__)


def watched_files(settings: ServerSettings) -> WatchedFiles:
    """Return the reader of the configuration's files, which also watches two folders."""
    folders = (settings.templates, settings.secrets_dir)
    return WatchedFiles(read_regular, [folder for folder in folders if folder is not None])


def load_config(settings: ServerSettings, env: Mapping[str, str], files: WatchedFiles) -> Config:
    """Load routes.yaml, and add its secrets to those that the log redacts. Raises ConfigError."""
    files.watch_folders()
    try:
        whole_env = with_secret_files(env)
    except SettingError as error:
        raise ConfigError([Problem(str(settings.config), 1, 1, "", "", str(error))]) from None
    config = load(settings.config, env=whole_env, read_file=files.read, now=clock.now())
    for secret in config.secrets.values():
        logs.add_secret(secret.reveal())
    for source in config.sources.values():
        passwords = (password for _, password in source.basic)
        for value in (*source.bearer, *source.hmac, *source.url_token, *passwords):
            logs.add_secret(value.reveal())
    return config


def build_channels(config: Config) -> dict[str, Channel]:
    """Build the channel of every account, by account key.

    A channel without any account gets one that says so at each send.

    Raises ConfigError for a setting that only the channel itself can judge.
    """
    types = {settings.type for settings in config.channels.values()}
    undeclared = [ChannelSettings(name) for name in CHANNELS if name not in types]
    channels = {}
    for settings in (*config.channels.values(), *undeclared):
        try:
            channels[settings.account_key] = build(settings, config.secrets)
        except ValueError as error:
            path = f"channels.{settings.name}"
            raise ConfigError([Problem("routes.yaml", 1, 1, path, "", str(error))]) from error
    return channels


def secret_key(settings: ServerSettings) -> bytes:
    """Return the key that signs links, from the setting or from its file.

    The file is beside the embedded database.

    Raises SettingError for a key that must not be used, OSError if none can be written.
    """
    if settings.secret_key is not None:
        return settings.secret_key.reveal().encode()
    if settings.sqlite_path is None:
        raise SettingError(
            "GATEWAY_SECRET_KEY is needed with PostgreSQL: all replicas sign links with one key"
        )
    return load_or_create_key(settings.sqlite_path.parent)


def build_engine(settings: ServerSettings, env: Mapping[str, str], files: WatchedFiles) -> Engine:
    """Build everything but HTTP, not started.

    Raises ConfigError, SettingError or OSError.
    """
    load_now = partial(load_config, settings, env, files)
    config = load_now()
    logs.add_secret(settings.database_url.reveal())
    if settings.api_token is not None:
        logs.add_secret(settings.api_token.reveal())
    key = secret_key(settings)
    logs.add_secret(key.decode())
    following = clock.FollowingClock(clock.now, clock.drop_lead)
    clocks = Clocks(now=following.now, compare=following.compare)
    store = Store(settings.database_url.reveal(), clocks=clocks)
    return Engine(
        Dependencies(
            store=store,
            config=config,
            load=load_now,
            channels=build_channels,
            renderer=lambda: RenderService([settings.templates], settings.external_url),
            links=Links(settings.external_url, key),
            metrics=Metrics(),
            now=following.now,
            ahead=lambda: following.skew,
            claimant=Claimant(
                f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}", settings.lease
            ),
            shared=settings.sqlite_path is None,
            retention=settings.retention,
            duty_retention=settings.duty_retention,
            patience=settings.stop_patience,
            stuck_after=settings.stuck_after,
            verify_cron=settings.verify_cron,
        )
    )


async def serve(
    settings: ServerSettings, env: Mapping[str, str], ready: Callable[[Engine, str], None]
) -> None:
    """Serve until SIGTERM or SIGINT. SIGHUP reloads routes.yaml.

    `ready` is called with the engine and the address once requests are answered.
    """
    descriptors = raise_soft_limit()
    files = watched_files(settings)
    engine = build_engine(settings, env, files)
    await _start_store(engine.store)
    capacity = capacity_for(settings.max_connections, descriptors)
    if capacity.connections < settings.max_connections:
        log.warning(
            "at most %d connections: the limit on open files is %d (raise it, ulimit -n)",
            capacity.connections,
            descriptors,
        )
    limits = Limits(capacity.connections, settings.max_connections_per_address)
    app = build_app(engine, settings)
    runner = runner_for(app, limits)
    await runner.setup()
    await engine.start()
    engine.run("Slack Socket Mode", app[SOCKET_MODE].run)
    engine.add_health(app[SOCKET_MODE].health)
    stop = _handle_signals(engine)
    engine.run("loop lag", partial(measure_loop_lag, engine.metrics))
    if settings.reload_on_change:
        engine.run("reload on change", partial(reload_on_change, files, engine.reload))
    if settings.heartbeat_url is not None:
        url, proxy = settings.heartbeat_url, settings.heartbeat_proxy
        engine.run("heartbeat", partial(run_heartbeat, engine, url, proxy))
    endpoint = None
    try:
        site = web.TCPSite(runner, settings.host or None, settings.port, backlog=capacity.backlog)
        await site.start()
        host, port = runner.addresses[0][:2]
        endpoint = OwnEndpoint(f"http://{_local(host)}:{port}{settings.route_prefix}")
        engine.drills.post = endpoint.post
        ready(engine, f"http://{host}:{port}{settings.route_prefix}")
        await stop.wait()
        log.info("stopping: finishing what is in flight")
    finally:
        await runner.cleanup()
        await engine.stop()
        if endpoint is not None:
            await endpoint.close()
        await engine.store.close()
        log.info("stopped")


def _local(host: str) -> str:
    """Return how this machine reaches itself, where it listens on `host`."""
    if host in ("0.0.0.0", "::"):  # noqa: S104  # a comparison
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


async def _start_store(store: Store) -> None:
    """Connect to the database. Raises StoreError."""
    await store.start()
    if store.has_other_process:
        log.warning(
            "another gateway has this database open: stop one of them, because each ends alerts "
            "that only the other one receives; several gateways need PostgreSQL"
        )
    if store.is_only_process:  # the former senders have ended: there is no lease to wait for
        await store.write(outbox.expire_all_claims)


def _handle_signals(engine: Engine) -> asyncio.Event:
    """Reload on SIGHUP; return the event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    reloads = asyncio.Queue[None]()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reloads.put_nowait, None)
    engine.run("reload on SIGHUP", partial(_reload_on_signal, engine, reloads))
    return stop


async def _reload_on_signal(engine: Engine, reloads: "asyncio.Queue[None]") -> None:
    while True:
        await reloads.get()
        await engine.reload()
