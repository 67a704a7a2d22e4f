"""Links of routes, built from the parsed file."""

from collections.abc import Sequence

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings, shorten
from gateway.core.routing.links import MOST_LINKS, LinkTemplate, merge_links


def links(
    section: ParsedSection, inherited: Sequence[LinkTemplate], findings: Findings
) -> tuple[LinkTemplate, ...]:
    """Return the links that a section declares; `inherited` are those of its parent.

    Notes titles that are there twice, what takes back nothing, and too many links.
    """
    own: dict[str, LinkTemplate] = {}
    for item in section.list_of("links"):
        entry: ParsedSection = item.value
        title, url = entry.get("title"), entry.get("url", "")
        if title is None or "url" in entry.invalid_keys:
            continue  # reported already
        if title in own:
            message = f'links: "{shorten(title)}" is there twice'
            findings.error(entry.position_of("title"), message, text=title)
        elif not url and all(one.title != title for one in inherited):
            message = f'links: "{shorten(title)}" has no url, and no such link is inherited'
            findings.error(item.position, message, text=title)
        own[title] = LinkTemplate(title, url, item.position.line)
    declared = tuple(own.values())
    count = len(merge_links(inherited, declared))
    if declared and count > MOST_LINKS:
        message = f"links: {count} with those that it inherits; at most {MOST_LINKS} are shown"
        findings.error(section.position_of("links"), message)
    return declared
