"""What transactions that decide use beside the database."""

from dataclasses import dataclass

from gateway.core.incidents.retry import Claimant
from gateway.core.plan.plan import Plan
from gateway.flow.delivery.queue_heads import Accepts
from gateway.flow.dispatch.suppression_index import SuppressionIndex
from gateway.flow.intake.repost_cache import RepostCache


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """Made by the event loop for one transaction, used by the writer's thread."""

    plan: Plan
    repost_cache: RepostCache
    suppression_index: SuppressionIndex
    accepts: Accepts
    claimant: Claimant
