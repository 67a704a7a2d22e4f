"""Tables of required keys of integrations, and of keys that exclude each other."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings


@dataclass(frozen=True, slots=True)
class Rules:
    """`needs`: of each group at least one key must be set. `at_most`: of each at most one.

    A key ``global.x`` is the key x of the global section. An empty text counts as not set.
    """

    needs: tuple[tuple[str, ...], ...] = ()
    at_most: tuple[tuple[str, ...], ...] = ()


def check_rules(
    rules: Rules, entry: ParsedSection, findings: Findings, general: ParsedSection | None = None
) -> None:
    """Note where an entry breaks its rules; `general` is the global section."""
    for group in rules.at_most:
        present_keys = [key for key in group if is_set(entry, key)]
        if len(present_keys) > 1:
            message = f"at most one of {join_keys(group)} may be set"
            findings.error(entry.position_of(present_keys[1]), message)
    for group in rules.needs:
        # A key that could not be read has been noted.
        if any(key in entry.invalid_keys for key in group):
            continue
        if not any(
            is_set(general, key.removeprefix("global."))
            if key.startswith("global.")
            else is_set(entry, key)
            for key in group
        ):
            findings.error(entry.position, _missing(group))


def is_set(entry: ParsedSection | None, key: str) -> bool:
    """Return whether a key is set, and not to the empty text."""
    return entry is not None and key in entry and entry.get(key) != ""


def join_keys(keys: Iterable[str], word: str = "and") -> str:
    """Return keys as "a, b and c"."""
    *first, last = keys
    return f"{', '.join(first)} {word} {last}" if first else last


def _missing(group: tuple[str, ...]) -> str:
    own = [key for key in group if not key.startswith("global.")]
    general = [key.removeprefix("global.") for key in group if key.startswith("global.")]
    message = f"{join_keys(own, 'or')} is missing"
    return f"{message}, and so is {join_keys(general, 'or')} under global:" if general else message
