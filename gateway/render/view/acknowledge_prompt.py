"""By when to acknowledge and who is paged next, for pages and the command line.

The template `shared/acknowledge_prompt.j2` says the same in messages.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway.core.plan.accounts import split_account_key
from gateway.core.plan.channels import CHANNELS, AddressKind
from gateway.core.plan.target_name import key_name
from gateway.core.text.escape import one_line
from gateway.render.view.clean import clean


def recipient_name(name: object) -> str:
    """Return what people call a person, rota, receiver or target, from its key.

    >>> who("person:ana"), who("rota:billing"), who("email:ops@example.com"), who("slack:#billing")
    ('ana', 'billing on-call', 'ops@example.com', 'Slack #billing')
    """
    text = one_line(clean(name), 100)
    sort, colon, rest = text.partition(":")
    if not colon:
        return text
    if sort == "rota":
        return f"{rest} on-call"
    if sort == "secondary":
        return f"{rest} secondary"
    if sort == "turn":
        return f"one of {rest}"
    if sort == "members":
        return f"all members of {rest}"
    if sort in ("person", "receiver"):
        return rest
    spec = CHANNELS.get(split_account_key(sort)[0])
    if spec is None:
        return text
    return rest if spec.address is AddressKind.EMAIL else key_name(text)


def next_names(escalation: Mapping[str, Any]) -> tuple[str, ...]:
    """Return whom the next step pages: "platform on-call (Dee)", and people by name."""
    following = escalation.get("next")
    names = following if isinstance(following, list | tuple) else [following] if following else []
    on_call = escalation.get("on_call")
    duty = on_call if isinstance(on_call, Mapping) else {}
    return tuple(_with_people(name, duty.get(name)) for name in names)


def _with_people(name: str, people: object) -> str:
    text = recipient_name(name)
    if not isinstance(people, list | tuple) or not people:
        return text
    if name.startswith("person:"):
        return one_line(clean(people[0]), 100)
    return f"{text} ({', '.join(one_line(clean(one), 100) for one in people)})"


def acknowledge_prompt(
    respond_by: float | None,
    names: Sequence[str],
    next_at: float | None,
    now: float,
    clock: Callable[[float], str],
    by: Sequence[str] = (),
) -> str:
    """Return by when to acknowledge and who is paged next, in sentences.

    Empty without either.

    Instants are unix seconds; `clock` prints one. `by` are the contacts of the one person named.
    """
    sentences = []
    if respond_by is not None:
        late = respond_by <= now
        text = f"Overdue since {clock(respond_by)}: acknowledge now." if late else ""
        sentences.append(text or f"Acknowledge by {clock(respond_by)}.")
    if names and next_at is not None:
        listed = _joined(names)
        first = listed if "@" in listed.split(" ")[0] else listed[:1].upper() + listed[1:]
        when = "then" if next_at == respond_by else f"at {clock(next_at)}"
        when = when if next_at > now else "now"
        contacts = f" by {_joined(by)}" if by else ""
        sentences.append(f"{first} {'is' if len(names) == 1 else 'are'} paged{contacts} {when}.")
    return " ".join(sentences)


def _joined(names: Sequence[str]) -> str:
    return " and ".join([*([", ".join(names[:-1])] if names[1:] else []), names[-1]])
