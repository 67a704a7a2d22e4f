"""Times at which people cannot be on call, built from the parsed file."""

from collections.abc import Iterable

from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import Findings
from gateway.core.time.spans import Span, union


def absences(entries: Iterable[ParsedValue], zone: str, findings: Findings) -> tuple[Span, ...]:
    """Return a person's absences, sorted and joined; one that ends before it begins is noted."""
    spans = []
    for item in entries:
        entry: ParsedSection = item.value
        if not entry.valid:
            continue
        try:
            span = Span(entry.get("from")(zone), entry.get("to")(zone))
        except ValueError as error:
            findings.error(item.position, f"away: {error}")
            continue
        if span.end <= span.start:
            findings.error(
                entry.position_of("to"), "away: it ends at or before its start; is the year right?"
            )
        spans.append(span)
    return tuple(union(spans))
