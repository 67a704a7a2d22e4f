"""Runs of drills, and what is known about the messages of one. Instants are Unix seconds."""

from dataclasses import dataclass
from enum import StrEnum


class DrillState(StrEnum):
    """How far a run is. The values are published."""

    RUNNING = "running"
    ARRIVED = "arrived"
    FAILED = "failed"


class ArrivalProof(StrEnum):
    """What says that a message arrived. The values are published."""

    RECEIPT = "receipt"  # the vendor posted that it was delivered
    ACCEPTANCE = "acceptance"  # the vendor accepted it, and posts no receipts


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """The first message about the drill to one target.

    `expects_receipt`: the account's vendor posts receipts. `problem` says why it did not arrive, as
    far as that is known.
    """

    name: str
    account: str
    created_at: float
    accepted_at: float | None = None
    received_at: float | None = None  # by the vendor's receipt
    expects_receipt: bool = False
    problem: str = ""

    @property
    def proof(self) -> ArrivalProof:
        """What says, or would say, that it arrived."""
        receipt = self.expects_receipt or self.received_at is not None
        return ArrivalProof.RECEIPT if receipt else ArrivalProof.ACCEPTANCE

    @property
    def arrived_at(self) -> float | None:
        """When it arrived, None if nothing says so yet."""
        return self.received_at if self.proof is ArrivalProof.RECEIPT else self.accepted_at


@dataclass(frozen=True, slots=True)
class DrillFacts:
    """What is stored about the incident of a drill's alert; None: there is none yet."""

    incident: int | None = None
    messages: tuple[MessageFacts, ...] = ()
    acknowledged_at: float | None = None
    acknowledged_by: str = ""


@dataclass(frozen=True, slots=True)
class DrillRun:
    """One run. `slot` is the instant of the schedule that it is for, None if a person began it.

    `closed`: its incident is over too, so nothing is left to do.
    """

    id: int
    drill: str
    began_at: float
    slot: float | None
    began_by: str
    state: DrillState = DrillState.RUNNING
    ended_at: float | None = None
    text: str = ""
    facts: DrillFacts = DrillFacts()
    closed: bool = False
