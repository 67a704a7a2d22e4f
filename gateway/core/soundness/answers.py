"""Answers to the question whether monitoring is sound, and their score."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Check(StrEnum):
    """What is checked. The values are published."""

    OWNER = "owner"
    REACHES = "reaches a person"
    RUNBOOK = "runbook"
    CURRENT = "runbook is current"
    EXERCISED = "fired or drilled"
    ANSWERED = "answered"
    NOISE = "noise"
    INVARIANT = "invariant"
    DASHBOARD = "dashboard"
    TRACE_ID = "trace id"
    USER_ID = "user id"
    SAMPLING = "sampling"
    FILES = "rule files"


class Verdict(StrEnum):
    """What came out. The values are published."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"  # it could be known, and is not
    NOT_CHECKED = "not checked"  # the gateway cannot know it


@dataclass(frozen=True, slots=True)
class Answer:
    """One check: what came out, why, and what to do about it; empty where it is good."""

    check: Check
    verdict: Verdict
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class RuleAnswers:
    """The answers about one alert. `position` is where it is declared, else that it fired."""

    name: str
    position: str
    severity: str
    team: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Soundness:
    """All answers: about each alert, and about the whole."""

    at: float
    rules: tuple[RuleAnswers, ...]
    general: tuple[Answer, ...]

    @property
    def answers(self) -> Sequence[Answer]:
        """Return all answers."""
        return [*self.general, *(answer for rule in self.rules for answer in rule.answers)]

    def count(self, verdict: Verdict) -> int:
        """Return how many answers have a verdict."""
        return sum(answer.verdict is verdict for answer in self.answers)

    @property
    def score(self) -> int:
        """Return how many percent of what is known is good, rounded down; 0 if nothing is."""
        good, bad = self.count(Verdict.GOOD), self.count(Verdict.BAD)
        return 100 * good // (good + bad) if good + bad else 0
