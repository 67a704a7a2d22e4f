"""The answers about sound monitoring as JSON values, for the API, the command and the page."""

from collections.abc import Iterable
from typing import Any

from gateway.core.soundness.answers import Answer, Soundness, Verdict
from gateway.core.time.timestamps import format_rfc3339


def soundness_json(soundness: Soundness) -> dict[str, Any]:
    """Return all answers, what to do, and the score."""
    return {
        "at": format_rfc3339(soundness.at, milliseconds=False),
        "score": soundness.score,
        "counts": {verdict.value: soundness.count(verdict) for verdict in Verdict},
        "general": _answers(soundness.general),
        "rules": [
            {
                "name": rule.name,
                "position": rule.position,
                "severity": rule.severity,
                "team": rule.team,
                "answers": _answers(rule.answers),
            }
            for rule in soundness.rules
        ],
    }


def _answers(answers: Iterable[Answer]) -> list[dict[str, str]]:
    return [
        {
            "check": one.check.value,
            "verdict": one.verdict.value,
            "text": one.text,
            "advice": one.advice,
        }
        for one in answers
    ]
