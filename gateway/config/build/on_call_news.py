"""Where rotas say who is on call, built from the parsed file."""

from collections.abc import Collection, Mapping, Sequence

from gateway.config.build.names import DeclaredNames
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.channels import SLACK
from gateway.core.plan.on_call_news import OnCallNews
from gateway.core.plan.plan import Receiver, Target


def on_call_news(
    entries: Mapping[str, ParsedValue],
    receivers: Mapping[str, Receiver],
    known: DeclaredNames,
    only_post: Collection[str],
    findings: Findings,
) -> Mapping[str, OnCallNews]:
    """Return by rota where it says who is on call; a rota that says it nowhere is left out.

    `only_post` are the accounts that cannot set a topic, because they only post messages.
    """
    news = {}
    for name, item in entries.items():
        entry: ParsedSection = item.value
        announce = entry.get("announce")
        if announce is not None:
            known.check(entry.fields["announce"], findings)
        topic = bool(entry.get("topic", False))
        targets = receivers[announce].targets if announce in receivers else ()
        channels = [one for one in targets if one.account not in only_post]
        if topic and not any(target.channel == SLACK.name for target in channels):
            message = (
                f'rota "{shorten(name)}": topic: needs announce: with a receiver that has a '
                "slack: channel of an app with a token, whose topic is set"
            )
            findings.error(entry.position_of("topic"), message)
        _refuse_names(entry, name, channels if topic else (), findings)
        one = OnCallNews(announce, topic, entry.get("usergroup"))
        if one != OnCallNews():
            news[name] = one
    return news


def _refuse_names(
    entry: ParsedSection, rota: str, targets: Sequence[Target], findings: Findings
) -> None:
    """Note channels whose topic is to be set and that are written by name."""
    for target in targets:
        if target.channel == SLACK.name and target.address[:1] not in ("C", "G"):
            message = (
                f'rota "{shorten(rota)}": topic: Slack sets a topic by the channel\'s id only: in '
                f'the receiver write C… instead of "{shorten(target.address)}" (the id is at the '
                "bottom of the channel's details)"
            )
            findings.error(entry.position_of("topic"), message)
