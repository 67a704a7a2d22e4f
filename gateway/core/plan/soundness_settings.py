"""What routes.yaml says of the question whether monitoring is sound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

TRACE_IDS = ("trace_id", "traceId", "traceID", "trace")
USER_IDS = ("user_id", "userId", "userID", "user")


@dataclass(frozen=True, slots=True)
class SoundnessSettings:
    """The section `soundness:`. Paths and patterns of files begin at `folder`.

    `invariants` are the names of alerts by invariant; without any, alerts whose label or annotation
    `invariant` has that value are about it. `trace_ids` and `user_ids` are names of labels or
    annotations.
    """

    folder: PurePath = field(default_factory=PurePath)
    rules: Sequence[str] = ()
    invariants: Mapping[str, Sequence[str]] = field(default_factory=dict)
    dashboards: Sequence[str] = ()
    trace_ids: Sequence[str] = TRACE_IDS
    user_ids: Sequence[str] = USER_IDS
