"""The assessment of a running gateway: its files, its history, and the judgement."""

import asyncio
from collections.abc import Sequence

from gateway.config.load import Config
from gateway.core.plan.link_checks import LinkResult
from gateway.core.plan.plan import Plan
from gateway.core.soundness.answers import Soundness
from gateway.core.soundness.judge import judge
from gateway.flow.soundness.gather import Evidence, gather
from gateway.flow.soundness.history import read_history
from gateway.store import Store


async def assess(
    store: Store, config: Config, plan: Plan, links: Sequence[LinkResult], now: float
) -> Soundness:
    """Return whether monitoring is sound, by the plan in force. Raises StoreUnavailableError."""
    history = await read_history(store, config, plan, now)
    # In a thread: files are read, and git is waited for.
    facts = await asyncio.to_thread(gather, config, plan, Evidence(history, links), now)
    return judge(facts)
