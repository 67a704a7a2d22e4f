"""Small charts of counts: characters for terminals and plain text."""

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(counts: Sequence[int], width: int = 60) -> str:
    """Return a line of blocks, one for each count; longer lists are added up to `width` blocks.

    The lowest block is for zero alone, so that one incident is seen.
    """
    columns = added_up(counts, width)
    highest = max(columns, default=0)
    if highest == 0:
        return BLOCKS[0] * len(columns)
    steps = len(BLOCKS) - 1
    return "".join(BLOCKS[-(-count * steps // highest)] for count in columns)


def added_up(counts: Sequence[int], width: int) -> list[int]:
    """Return at most `width` sums of neighbouring counts, each of equally many."""
    size = max(1, -(-len(counts) // width))
    return [sum(counts[first : first + size]) for first in range(0, len(counts), size)]
