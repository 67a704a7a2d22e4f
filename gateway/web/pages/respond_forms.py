"""Buttons of a page that acknowledge an incident, take it over, or undo that."""

from dataclasses import dataclass

from gateway.core.actions.take_over import to_give_back
from gateway.core.plan.plan import Plan
from gateway.web.explain.names import name_of
from gateway.web.pages.incident_view import StoredIncident


@dataclass(frozen=True, slots=True)
class Button:
    """One button. `path` is below the signed link; `back` restores the former acknowledgement."""

    label: str
    path: str = ""
    back: bool = False


@dataclass(frozen=True, slots=True)
class Buttons:
    """The form's buttons. `holder` is the person to take over from, as the page shows it."""

    holder: str
    first: Button | None
    undo: tuple[Button, ...]

    def __bool__(self) -> bool:
        return self.first is not None or bool(self.undo)


def buttons(stored: StoredIncident, plan: Plan, now: float, reader: str) -> Buttons:
    """Return the buttons for `reader` (a person's id, or empty) at `now`."""
    ack = stored.incident.ack
    if stored.is_over(now):
        return Buttons("", None, ())
    if ack is None:
        label = f"Acknowledge as {name_of(plan, reader)}" if reader else "Acknowledge"
        return Buttons("", Button(label), ())
    name, uncovered = name_of(plan, ack.by), len(stored.uncovered(now))
    first: Button | None = None
    offer = stored.incident.responses.offer
    if offer is not None and reader == offer.to:
        first = Button(f"Accept it from {name}")
    elif ack.by != reader:
        first = Button(f"Take over from {name}", "/take")
    elif uncovered:
        first = Button(f"Acknowledge {uncovered} new alert{'s' if uncovered > 1 else ''} too")
    undo = []
    former = to_give_back(ack, now)
    if former is not None:
        undo.append(Button(f"Undo: give it back to {name_of(plan, former.by)}", "/undo", back=True))
    undo.append(Button("Undo the acknowledgement", "/undo"))
    return Buttons(ack.by, first, tuple(undo))
