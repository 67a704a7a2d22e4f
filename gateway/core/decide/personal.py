"""Personal notification rules' part of an evaluation: who is notified by which contact, and when.

A person is reached for a reason: an escalation step, a repeat, worse severity. For each reason
every contact of the person's rules is notified once. What only adds to a notification (new alerts,
some resolved) goes to the contacts that were notified before it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from gateway.core.decide.contacts_due import ContactDue, contacts_due
from gateway.core.decide.evaluation import EARLY, Evaluation, join_contacts
from gateway.core.decide.transitions import TRANSITIONS, Rules, Transition
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.personal_state import NO_TIMES, PersonalState, state_of
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.person import Person
from gateway.core.plan.plan import Target
from gateway.core.plan.recipients import contact_target, unusable_text
from gateway.core.time.timestamps import format_duration, local_minute


def reach(
    ev: Evaluation,
    person: str,
    by: tuple[str, ...],
    reason: NotifyReason,
    kind: NoticeKind,
) -> None:
    """Begin the person's rules for a reason, and notify the contacts that are due at once.

    `by` are the contacts of the step. A person who is reached twice for one reason at one instant
    is notified once, by the contacts of both.
    """
    before = state_of(ev.draft.personal, person)
    if before is not None and before.since == ev.now:
        state = replace(before, by=join_contacts(before.by, by))
    else:
        earlier = NO_TIMES if before is None else _earlier(ev, before)
        waiting = before.waiting if before is not None else ()
        state = PersonalState(person, ev.now, reason, by, earlier=earlier, waiting=waiting)
    _notify(ev, state, reason, kind)


def update(
    ev: Evaluation, person: str, reason: NotifyReason, kind: NoticeKind, *, quiet: bool
) -> None:
    """Notify the contacts that the person was notified by of a change, after any quiet hours.

    `quiet`: the notice changes messages in place and notifies nobody.
    """
    state = state_of(ev.draft.personal, person)
    known = ev.plan.people.get(person)
    if state is None or known is None:
        return
    notified = [
        contact
        for contact in known.contacts.values()
        if contact_target(known, contact).key in ev.draft.notified_targets
        and not unusable_text(ev.plan, known, contact)
    ]
    until = None if quiet else known.quiet_until(ev.now, urgent=ev.urgent)
    if until is None:
        targets = [contact_target(known, contact) for contact in notified]
        ev.notify(targets, kind, reason, quiet=quiet)
    else:
        _wait(ev, state, known, [contact.name for contact in notified], until)


def after_quiet_hours(ev: Evaluation, targets: Iterable[Target]) -> list[Target]:
    """Return those of the notified targets that are notified now of a further event.

    A contact of somebody with quiet hours waits for their end, unless the receiver names it, too.
    """
    own = {target.key for target in ev.receiver.targets}
    at_once = []
    for target in targets:
        person = ev.plan.people.get(target.person or "")
        state = state_of(ev.draft.personal, target.person or "")
        until = person.quiet_until(ev.now, urgent=ev.urgent) if person and state else None
        if person is None or state is None or until is None or target.key in own:
            at_once.append(target)
            continue
        names = [
            contact.name
            for contact in person.contacts.values()
            if contact_target(person, contact).key == target.key
        ]
        _wait(ev, state, person, names, until)
    return at_once


def notify_people(
    ev: Evaluation,
    people: Mapping[str, tuple[str, ...]],
    transition: Transition,
    reason: NotifyReason,
    *,
    quiet: bool = False,
) -> None:
    """Notify people of an event of the group; `people` maps each to the contacts of the steps."""
    for person, by in people.items():
        new = state_of(ev.draft.personal, person) is None
        if new or transition.rules is Rules.RESTART:
            reach(ev, person, by, reason, transition.kind)
        else:
            update(ev, person, reason, transition.kind, quiet=quiet)


def move_rules(ev: Evaluation, rules: Rules) -> None:
    """Do to the rules of everyone reached so far what the table says of an event."""
    states = ev.draft.personal
    if rules is Rules.PAUSE:
        ev.draft.personal = tuple(
            replace(one, since=None, used=(), earlier=NO_TIMES, waiting=(), unreached=())
            for one in states
        )
    elif rules is Rules.RESUME:
        ev.draft.personal = tuple(
            PersonalState(one.person, ev.now, NotifyReason.ACK_UNDONE, one.by) for one in states
        )
        mark_used(ev)
    elif rules is Rules.END:
        ev.draft.personal = ()


def pause_while_acknowledged(ev: Evaluation) -> None:
    """Stop the rules of people whom news of an acknowledged incident reached for the first time.

    They were notified of the news once. Further contacts are for incidents that nobody answers.
    """
    if ev.draft.ack is not None and any(one.since is not None for one in ev.draft.personal):
        move_rules(ev, Rules.PAUSE)


def notify_due(ev: Evaluation) -> None:
    """Notify the contacts that are due by the rules, and those whose quiet hours have ended."""
    draft = ev.draft
    if not draft.personal:
        return
    shown = draft.open and bool(ev.visible) and not ev.muted
    # The group is notified at the tick, and the rules begin anew then.
    if shown and not (ev.waits_for_tick and (ev.reappeared or draft.notification_pending)):
        for state in draft.personal:
            if any(_is_new(ev, state, due) for due in _due_contacts(ev, state)):
                _notify(ev, state)
    mark_used(ev)


def first_targets(ev: Evaluation, person: str) -> tuple[Target, ...]:
    """Return the contacts that a person is notified by first; none for an unknown person."""
    known = ev.plan.people.get(person)
    rules = known.rules(urgent=ev.urgent) if known else ()
    if known is None or not rules:
        return ()
    first = [rule for rule in rules if rule.after <= rules[0].after]
    return tuple(contact_target(known, known.contacts[rule.by]) for rule in first)


def stop_rules_of(ev: Evaluation, person: str) -> bool:
    """Stop the rules of one person, who has responded; return whether anything was to come."""
    state = state_of(ev.draft.personal, person)
    if state is None or not any(True for _ in _due_contacts(ev, state)):
        return False
    _put(ev, replace(state, since=None, used=(), earlier=NO_TIMES, waiting=(), unreached=()))
    return True


def mark_used(ev: Evaluation) -> None:
    """Count contacts as used that this evaluation notifies otherwise, as targets of a receiver."""
    for state in ev.draft.personal:
        person = ev.plan.people.get(state.person)
        if person is None or state.since != ev.now:
            continue
        notified = [
            name
            for name, contact in person.contacts.items()
            if name not in state.used and contact_target(person, contact).key in ev.notices
        ]
        if notified:
            waiting = tuple(name for name in state.waiting if name not in notified)
            _put(ev, replace(state, used=(*state.used, *notified), waiting=waiting))


def _due_contacts(ev: Evaluation, state: PersonalState) -> Iterator[ContactDue]:
    return contacts_due(state, ev.plan, ev.now, urgent=ev.urgent)


def _is_new(ev: Evaluation, state: PersonalState, due: ContactDue) -> bool:
    """Return whether a contact is to be notified now, or begins to wait now."""
    if due.quiet:
        return due.contact.name not in state.waiting
    return due.at <= ev.now + EARLY


def _notify(
    ev: Evaluation,
    state: PersonalState,
    reason: NotifyReason | None = None,
    kind: NoticeKind | None = None,
) -> None:
    """Notify what is due of one person, and store the state after it.

    `reason` and `kind` are of the event that reached the person now; None for what is due later.
    """
    used, waiting, earlier = list(state.used), list(state.waiting), dict(state.earlier)
    begins_to_wait: list[ContactDue] = []
    for due in _due_contacts(ev, state):
        name = due.contact.name
        if not _is_new(ev, state, due):
            continue
        if due.quiet:
            begins_to_wait.append(due)
            waiting.append(name)
            continue
        if not due.usable:
            ev.record(TimelineKind.SKIPPED, unusable_text(ev.plan, due.person, due.contact))
        elif reason is not None and kind is not None:
            ev.notify([due.target], kind, reason)
        else:
            _notify_later(ev, state, due)
        used += [name] if name not in used else []
        waiting = [one for one in waiting if one != name]
        earlier.pop(name, None)
    for end in dict.fromkeys(due.at for due in begins_to_wait):
        names = [due.contact.name for due in begins_to_wait if due.at == end]
        _record_waiting(ev, begins_to_wait[0].person.name, names, end)
    after = replace(
        state,
        used=tuple(used),
        waiting=tuple(waiting),
        earlier=MappingProxyType(earlier) if earlier else NO_TIMES,
    )
    _put(ev, after)


def _notify_later(ev: Evaluation, state: PersonalState, due: ContactDue) -> None:
    """Notify a contact some time after the person was reached, and say why on the timeline."""
    name, contact = due.person.name, due.contact.name
    if contact not in state.waiting:
        reason = NotifyReason.PERSONAL_RULE
        since = state.earlier.get(contact, state.since or ev.now)
        waited = format_duration(round(ev.now - since))
        text = f"{name} by {contact}: not acknowledged for {waited}"
    elif ev.urgent:
        reason, text = NotifyReason.WORSE, f"{name} by {contact}: urgent, in spite of quiet hours"
    else:
        reason, text = NotifyReason.QUIET_ENDED, f"{name} by {contact}: quiet hours have ended"
    kind = TRANSITIONS[ev.draft.state, reason].kind
    ev.notify([due.target], kind, reason)
    ev.reasons.append(reason)
    ev.record(TimelineKind.PERSONAL_RULE, text, person=due.person.id, contact=contact)


def _earlier(ev: Evaluation, before: PersonalState) -> MappingProxyType[str, float]:
    """Return from when the delays count of contacts that were not used for the reason before.

    None after a time in which all was suppressed: the whole delay is for those notified after it.
    """
    person = ev.plan.people.get(before.person)
    hidden = ev.incident.suppressed or ev.draft.notification_pending
    if person is None or before.since is None or hidden:
        return MappingProxyType({})
    rules = person.rules(urgent=ev.urgent, by=before.by)
    return MappingProxyType(
        {
            rule.by: before.earlier.get(rule.by, before.since)
            for rule in rules
            if rule.after and rule.by not in before.used
        }
    )


def _wait(
    ev: Evaluation, state: PersonalState, person: Person, contacts: Iterable[str], until: float
) -> None:
    """Let contacts wait for the end of the quiet hours, and say so once."""
    names = [name for name in contacts if name not in state.waiting]
    if names:
        _put(ev, replace(state, waiting=(*state.waiting, *names)))
        _record_waiting(ev, person.name, names, until)


def _record_waiting(ev: Evaluation, name: str, contacts: Iterable[str], until: float) -> None:
    end = local_minute(until, ev.plan.business_hours.zone)
    text = f"{name} by {', '.join(contacts)}: waits until {end}, because it is not urgent"
    ev.record(TimelineKind.QUIET_HOURS, text, until=until)


def _put(ev: Evaluation, state: PersonalState) -> None:
    """Store the state of a person, in the place of the one before."""
    others = [one for one in ev.draft.personal if one.person != state.person]
    ev.draft.personal = (*others, state)
