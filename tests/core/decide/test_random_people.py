"""Random stories of people with rules: once per contact and reason, silent when acknowledged."""

from dataclasses import replace
from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.decide.contacts_due import pending_contacts
from gateway.core.decide.result import Decision
from gateway.core.incidents.incident import Incident
from gateway.core.incidents.notice import NotifyReason
from gateway.core.plan.person import PersonalRule
from gateway.core.plan.plan import Plan, Step
from gateway.core.time.quiet_hours import QuietHours
from tests.core.decide.test_personal_rules import ANA, plan_with
from tests.core.group_simulation import MINUTE, GroupSimulation

BEGINNINGS = {
    NotifyReason.FIRST,
    NotifyReason.ESCALATION,
    NotifyReason.REPEAT,
    NotifyReason.WORSE,
    NotifyReason.ACK_EXPIRED,
    NotifyReason.SILENCE_ENDED,
    NotifyReason.MUTE_ENDED,
    NotifyReason.PERSONAL_RULE,
}
"""Reasons that notify a person by the rules; all others follow a notification."""

DELAYS = st.sampled_from((0.0, MINUTE, 5 * MINUTE, 40 * MINUTE))
RULES = st.none() | st.permutations(list(ANA.contacts)).flatmap(
    lambda names: st.lists(DELAYS, max_size=3).map(
        lambda delays: tuple(
            PersonalRule(name, after) for name, after in zip(names, sorted(delays), strict=False)
        )
    )
)
QUIET = st.none() | st.builds(
    QuietHours,
    st.just("Europe/Berlin"),
    st.builds(time, st.integers(7, 12)),
    st.builds(time, st.integers(7, 12)),
)
PEOPLE = st.builds(
    lambda urgent, other, quiet: replace(
        ANA, urgent_rules=urgent, other_rules=other, quiet_hours=quiet
    ),
    RULES,
    RULES,
    QUIET,
)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(
            ("critical", "warning", "info", "end", "ack", "undo", "silence", "reload", "bounce")
        ),
        st.sampled_from((1.0, 30.0, 3 * MINUTE, 20 * MINUTE, 90 * MINUTE)),
    ),
    max_size=14,
)


class PersonalStory(GroupSimulation):
    """A simulation that checks each decision for what must hold of people."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.used: set[tuple[int, float | None, str]] = set()

    def _apply(self, key: str, decision: Decision) -> None:
        super()._apply(key, decision)
        states = {one.person: one for one in decision.incident.personal}
        for notice in decision.notices:
            person = notice.target.person
            if person is None or notice.reason not in BEGINNINGS:
                continue
            use = (decision.incident.number, states[person].since, notice.target.key)
            assert use not in self.used, f"{notice.target.key} twice for one reason"
            self.used.add(use)
        assert_consistent(decision.incident, self.plan, self.now)


def assert_consistent(incident: Incident, plan: Plan, now: float) -> None:
    """Check what must hold of the states of people after each decision."""
    for state in incident.personal:
        assert len(set(state.used)) == len(state.used)
        assert len(set(state.waiting)) == len(state.waiting)
    if not incident.open:
        assert incident.personal == ()
    if incident.ack is not None:
        assert all(state.since is None for state in incident.personal)
        assert all(due.quiet for due in pending_contacts(incident, plan, now))


@given(person=PEOPLE, later=PEOPLE, events=EVENTS)
def test_nobody_gets_two_notices_for_one_reason_on_one_contact(
    person: object, later: object, events: list[tuple[str, float]]
) -> None:
    """With any rules, reloads, bounces, silences and acknowledgements, however they follow."""
    steps = (
        Step(("person:ana",), ("email", "slack"), 3 * MINUTE),
        Step(("person:ana", "person:ben"), (), 30 * MINUTE),
    )
    plans = [plan_with(*steps, ana=one) for one in (person, later)]  # type: ignore[arg-type]
    story = PersonalStory(plans[0])
    story.fire("DoubleChargeDetected", "warning")
    for number, (event, seconds) in enumerate(events):
        if event in ("critical", "warning", "info"):
            story.fire("DoubleChargeDetected", event, instance=str(number % 3))
        elif event == "end":
            story.resolve("DoubleChargeDetected", "warning")
        elif event in ("ack", "undo"):
            story.ack("ben", undo=event == "undo")
        elif event == "silence":
            for key in list(story.alerts)[: number % 2 + 1]:
                story.silence(key)
            story.advance(10 * MINUTE)
            story.suppressed.clear()
        elif event == "bounce":
            bad = {"email:ana@example.com": "bounced"} if number % 2 else {}
            story.plan = replace(story.plan, unusable_contacts=bad)
        else:
            story.plan = plans[number % 2]
        story.advance(seconds)
    story.advance(90 * MINUTE)
