"""What the new file has besides people and rotas: accounts, receivers, a route, and remarks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gateway.importers.emit import Block, Items, Remark, lines, point_lines, remark_lines
from gateway.importers.oncall.model.export import PersonRecord, Product
from gateway.importers.oncall.read.notes import NoteKind, Notes

PLACEHOLDERS: Mapping[str, str] = {
    "POSTMARK_TOKEN": "placeholder",
    "MAIL_FROM": "placeholder@example.com",
    "SLACK_TOKEN": "placeholder",
}
"""Values of the variables that the file loads with when it is checked here."""

_MEANINGS: Mapping[str, str] = {
    "POSTMARK_TOKEN": "the server token of Postmark",
    "MAIL_FROM": "the sender of e-mails, such as alerts@example.com",
    "SLACK_TOKEN": "the bot token of the Slack app",
}


class Variable(NamedTuple):
    """A variable that must be put into the environment before the new file is used."""

    name: str
    meaning: str


def frame_lines(
    people: Mapping[str, PersonRecord], escalations: Sequence[str], *, by_team: bool
) -> list[str]:
    """Return accounts, a receiver for each escalation, and a route to the first of them."""
    accounts = _accounts(people)
    result = [*lines(Block([("channels", accounts)])), ""] if accounts.entries else []
    result += [*lines(Block([("receivers", _receivers(escalations))])), ""]
    remark = (
        "Everything goes to the first receiver until you add routes: for each service or "
        "integration of the old product one, with matchers."
    )
    route = Block([("receiver", escalations[0] if escalations else "nobody")])
    if by_team:
        route.add("group_by", Items(["alertname", "team"]))
    return [*result, *remark_lines(Remark(remark)), *lines(Block([("route", route)]))]


def variables_in(frame: Sequence[str]) -> list[Variable]:
    """Return the variables that these lines name."""
    text = "\n".join(frame)
    return [Variable(*one) for one in _MEANINGS.items() if f"${{{one[0]}}}" in text]


def _accounts(people: Mapping[str, PersonRecord]) -> Block:
    """Return the accounts that reach these people."""
    block = Block()
    if any(one.email for one in people.values()):
        account = Block([("provider", "postmark"), ("token", "${POSTMARK_TOKEN}")])
        account.add("from", "${MAIL_FROM}")
        block.add("email", account)
    if any(one.slack for one in people.values()):
        block.add("slack", Block([("token", "${SLACK_TOKEN}")]))
    return block


def _receivers(escalations: Sequence[str]) -> Items:
    """Return a receiver for each escalation, or one that notifies nobody."""
    if not escalations:
        return Items([Block([("name", "nobody")])])
    return Items([Block([("name", one), ("escalate", one)]) for one in escalations])


def head_lines(
    product: Product, files: Sequence[str], variables: Sequence[Variable], notes: Notes
) -> Iterator[str]:
    """Yield the comments at the top: the origin, the variables, and all notes."""
    command = f"gateway import oncall {' '.join(files)}"
    yield from remark_lines(Remark(f"Made of {product} by `{command}`."))
    if variables:
        yield "#"
        yield "# Put into the environment (the values are not in this file):"
        for one in variables:
            yield from point_lines(f"{one.name}  {one.meaning}")
    for kind in NoteKind:
        rows = notes.of(kind)
        if rows:
            yield "#"
            yield f"# {kind.capitalize()}:"
        for note in rows:
            yield from point_lines(f"{note.path}: {note.message}" if note.path else note.message)
