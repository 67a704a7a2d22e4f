"""Comparison of expected notices with the messages that were sent. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.core.plan.plan import Target
from gateway.core.plan.target_name import target_name
from gateway.stories.story import ExpectedNotice
from gateway.virtual.recorder import Delivery


@dataclass(frozen=True, slots=True)
class Difference:
    """What a step expected and did not get, or got and did not expect."""

    at: float
    line: int
    text: str


def differences(
    deliveries: Sequence[Delivery],
    since: float,
    at: float,
    line: int,
    exactly: Sequence[ExpectedNotice] | None,
    some: Sequence[ExpectedNotice],
) -> list[Difference]:
    """Return what differs; `since` is the instant of the step before, `at` that of this one."""
    differing = []
    if exactly is not None:
        missing, unexpected = _pair(exactly, deliveries, since)
        differing += [Difference(at, one.line, f"not sent: {one}") for one in missing]
        differing += [Difference(at, line, f"not expected: {words(one)}") for one in unexpected]
    needed = [one for one in some if one.at_most is None]
    missing, _ = _pair(needed, deliveries, since)
    differing += [Difference(at, one.line, f"not sent: {one}") for one in missing]
    for one in some:
        count = sum(matches(one, delivery, since) for delivery in deliveries)
        if one.at_most is not None and count > one.at_most:
            differing.append(Difference(at, one.line, f"sent {count} times: {one}"))
    return differing


def _pair(
    expected: Sequence[ExpectedNotice], deliveries: Sequence[Delivery], since: float
) -> tuple[list[ExpectedNotice], list[Delivery]]:
    """Pair as many as possible; return those expected and those sent that have no partner.

    An expectation that fits several messages must not take the only one that fits another, so
    pairs are changed along alternating paths, as for any maximum matching of two sides.
    """
    partner: dict[int, int] = {}  # by delivery, the expectation

    def pair(number: int, tried: set[int]) -> bool:
        for at, delivery in enumerate(deliveries):
            if at in tried or not matches(expected[number], delivery, since):
                continue
            tried.add(at)
            if at not in partner or pair(partner[at], tried):
                partner[at] = number
                return True
        return False

    missing = [one for number, one in enumerate(expected) if not pair(number, set())]
    return missing, [one for at, one in enumerate(deliveries) if at not in partner]


def matches(expected: ExpectedNotice, sent: Delivery, since: float) -> bool:
    """Return whether a message is as expected; `since` is the instant of the step before."""
    facts, target, message = sent.message.facts, sent.target, sent.message
    pairs = (
        (expected.receiver, facts.get("receiver")),
        (expected.channel, target.channel),
        (expected.person, target.person),
        (expected.reason, message.reason.value),
        (expected.kind, message.kind.value),
        (expected.severity, facts.get("severity")),
    )
    if any(expected_value not in (None, value) for expected_value, value in pairs):
        return False
    if expected.to is not None and expected.to not in (target.address, target_name(target)):
        return False
    if expected.within is not None and sent.at > since + expected.within:
        return False
    labels: Mapping[str, str] = facts.get("common_labels", {})
    if expected.incident is not None and not expected.incident.items() <= labels.items():
        return False
    return all(any(text in part for part in message.parts.values()) for text in expected.text)


def words(sent: Delivery) -> str:
    """Return a message in one line: to whom, why, and about what."""
    message = sent.message
    kind = "" if message.kind.value == message.reason.value else f" ({message.kind.value})"
    about = f" #{message.incident}" if message.incident else ""
    return f"{_to(sent.target)}: {message.reason.value}{kind}{about}"


def _to(target: Target) -> str:
    person = f" for {target.person}" if target.person else ""
    return target_name(target) + person
