"""Links that routes.yaml adds to messages: a title and a URL, both short templates."""

from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_LINKS = 8
"""Links of one route. More: Slack shows 25 buttons at most, and a phone fewer."""


@dataclass(frozen=True, slots=True)
class LinkTemplate:
    """A link by labels. An empty `url` takes back the link of that title from the parent.

    `line` is its line in the file, 0 if unknown.
    """

    title: str
    url: str = ""
    line: int = field(default=0, compare=False)


def merge_links(
    inherited: Sequence[LinkTemplate], own: Sequence[LinkTemplate]
) -> tuple[LinkTemplate, ...]:
    """Return a route's links: the parent's in their order, then its own.

    One with the title of an inherited link replaces it where it stands.
    """
    by_title = {one.title: one for one in (*inherited, *own)}
    return tuple(one for one in by_title.values() if one.url)
