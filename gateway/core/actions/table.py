"""All actions on an incident by name: the one list for the API, commands, pages and channels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from gateway.core.actions.acknowledge import acknowledge, unacknowledge
from gateway.core.actions.call import escalate_now, page
from gateway.core.actions.close import reopen, resolve_manually
from gateway.core.actions.comment import comment
from gateway.core.actions.extend import extend
from gateway.core.actions.handover import end_offer, offer
from gateway.core.actions.merge import merge, unmerge
from gateway.core.actions.rate import rate
from gateway.core.actions.relate import link, unlink
from gateway.core.actions.snooze import snooze, unsnooze
from gateway.core.actions.take_over import give_back, take
from gateway.core.actions.team import change_team
from gateway.core.decide.result import ActionResult


class ActionName(StrEnum):
    """The name of an action: a part of URLs, and the command where there is one."""

    ACK = "ack"
    UNACK = "unack"
    TAKE = "take"
    BACK = "back"
    EXTEND = "extend"
    HANDOVER = "handover"
    DECLINE = "decline"
    COMMENT = "comment"
    ESCALATE = "escalate"
    PAGE = "page"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    SNOOZE = "snooze"
    UNSNOOZE = "unsnooze"
    MERGE = "merge"
    UNMERGE = "unmerge"
    LINK = "link"
    UNLINK = "unlink"
    USEFUL = "useful"
    NOISE = "noise"
    UNRATE = "unrate"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An action as those who run it know it.

    `decide` is called with (incident, members, plan, actor, now) and the action's arguments by
    name. `stops_steps`: it withdraws escalation steps and repeats that wait to be sent.
    `takes_turns`: it needs `turns`, those of round robin. `names_other`: it needs `other`, a second
    incident, and with `reads_other` its alerts as `other_members`. `takes_successor`: it needs
    `successor`, the number of the open incident of its group. `on_merged`: a merged incident
    itself is meant, not the one it was merged into.
    """

    decide: Callable[..., ActionResult]
    stops_steps: bool = False
    takes_turns: bool = False
    names_other: bool = False
    reads_other: bool = False
    takes_successor: bool = False
    on_merged: bool = False


ACTIONS: Mapping[ActionName, ActionSpec] = {
    ActionName.ACK: ActionSpec(acknowledge, stops_steps=True),
    ActionName.UNACK: ActionSpec(unacknowledge),
    ActionName.TAKE: ActionSpec(take, stops_steps=True),
    ActionName.BACK: ActionSpec(give_back, stops_steps=True),
    ActionName.EXTEND: ActionSpec(extend),
    ActionName.HANDOVER: ActionSpec(offer),
    ActionName.DECLINE: ActionSpec(end_offer),
    ActionName.COMMENT: ActionSpec(comment),
    ActionName.ESCALATE: ActionSpec(escalate_now, takes_turns=True),
    ActionName.PAGE: ActionSpec(page),
    ActionName.RESOLVE: ActionSpec(resolve_manually, stops_steps=True),
    ActionName.REOPEN: ActionSpec(reopen, takes_successor=True),
    ActionName.SNOOZE: ActionSpec(snooze, stops_steps=True),
    ActionName.UNSNOOZE: ActionSpec(unsnooze),
    ActionName.MERGE: ActionSpec(
        merge, stops_steps=True, names_other=True, reads_other=True, on_merged=True
    ),
    ActionName.UNMERGE: ActionSpec(unmerge, names_other=True, on_merged=True),
    ActionName.LINK: ActionSpec(link, names_other=True, on_merged=True),
    ActionName.UNLINK: ActionSpec(unlink, names_other=True, on_merged=True),
    ActionName.USEFUL: ActionSpec(partial(rate, useful=True), on_merged=True),
    ActionName.NOISE: ActionSpec(partial(rate, useful=False), on_merged=True),
    ActionName.UNRATE: ActionSpec(partial(rate, useful=None), on_merged=True),
    ActionName.TEAM: ActionSpec(change_team, on_merged=True),
}
