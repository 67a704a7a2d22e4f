"""What the composition root gives to the engine."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway import clock
from gateway.channels.contract import Channel
from gateway.config.load import Config
from gateway.core.incidents.retry import Claimant
from gateway.links import Links
from gateway.render.service import RenderService
from gateway.store import Store

if TYPE_CHECKING:
    from gateway.metrics import Metrics


RETENTION = 90 * 86400.0
DUTY_RETENTION = 730 * 86400.0
"""Seconds, as by default in the settings."""


@dataclass(slots=True)
class Dependencies:
    """What an engine is made of. Times are in seconds."""

    store: Store
    config: Config
    load: Callable[[], Config]  # reads routes.yaml; raises ConfigError
    channels: Callable[[Config], Mapping[str, Channel]]  # raises ConfigError
    renderer: Callable[[], RenderService]  # reads the templates
    links: Links
    metrics: "Metrics"
    now: Callable[[], float]
    claimant: Claimant
    monotonic: Callable[[], float] = clock.monotonic
    ahead: Callable[[], float] = lambda: 0.0  # seconds that our clock is ahead of the database's
    shared: bool = False  # whether other replicas use the same database
    spread: Callable[[], float] = random.random  # in [0, 1): spreads retries
    retention: float = RETENTION  # seconds for which resolved incidents are kept
    duty_retention: float = DUTY_RETENTION  # seconds for which duty records are kept
    patience: float = 20.0  # seconds that a stop waits for sends in flight
    verify_cron: str | None = None  # when the history is verified; None: only on request
    stuck_after: float = 120.0  # seconds of failing after which /readyz names a channel
