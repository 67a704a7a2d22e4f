"""The overrides in force at an instant, read along with the sweep of a rota."""

from bisect import insort
from math import inf

from gateway.core.oncall.types import Override


class ActiveOverrides:
    """The overrides in force, in the order of their declaration.

    ``replacements``: by the replaced person, the member of the last override that names them and
    its index. ``plain``: the others with their indexes.
    """

    __slots__ = ("_coming", "_indexes", "_overrides", "_until", "plain", "replacements")

    def __init__(self, overrides: tuple[Override, ...], start: float, end: float) -> None:
        self._overrides = overrides
        self._coming = sorted(
            (i for i, o in enumerate(overrides) if o.start < end and o.end > start),
            key=lambda i: overrides[i].start,
            reverse=True,
        )
        self._indexes: list[int] = []
        self._until = -inf
        self.replacements: dict[str, tuple[str | None, int]] = {}
        self.plain: list[tuple[int, Override]] = []

    def move_to(self, t: float) -> float:
        """Set the overrides in force at ``t``, not before the last one; return the next change."""
        if t < self._until:
            return self._until
        overrides = self._overrides
        self._indexes = [i for i in self._indexes if overrides[i].end > t]
        while self._coming and overrides[self._coming[-1]].start <= t:
            insort(self._indexes, self._coming.pop())
        self.replacements = {}
        self.plain = []
        self._until = overrides[self._coming[-1]].start if self._coming else inf
        for index in self._indexes:
            override = overrides[index]
            self._until = min(self._until, override.end)
            if override.replaces is None:
                self.plain.append((index, override))
            else:
                self.replacements[override.replaces] = override.member, index
        return self._until
