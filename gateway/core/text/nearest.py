"""The known name that a wrong one probably means."""

from collections.abc import Iterable

_LONGEST = 80
"""Characters that are compared; more would take time on hostile names."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` most similar to `name`, None when none is similar."""
    from difflib import get_close_matches  # only a faulty file pays for its import

    by_folded = {one.casefold(): one for one in known}
    matches = get_close_matches(name.casefold()[:_LONGEST], by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None
