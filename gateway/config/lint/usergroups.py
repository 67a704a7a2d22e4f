"""Warnings about Slack user groups that cannot show everybody on call."""

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.channels import SLACK
from gateway.core.plan.plan import Plan


def warn_members_without_slack(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    """Warn of people who take turns in a rota with a user group and have no Slack id."""
    for name, news in plan.on_call_news.items():
        if news.usergroup is None or name not in plan.rotas:
            continue
        members = dict.fromkeys(one for layer in plan.rotas[name].layers for one in layer.members)
        without = [one for one in members if not _has_slack(plan, one)]
        if without:
            people = ", ".join(plan.name_of(one) for one in without)
            message = (
                f'rota "{shorten(name)}": usergroup: {people} cannot be in it, for lack of a Slack '
                "id; add slack: under people:"
            )
            position = file.map_of("rotas")[name].value.position_of("usergroup")
            findings.warn(position, message)


def _has_slack(plan: Plan, person: str) -> bool:
    known = plan.people.get(person)
    return known is not None and any(one.channel == SLACK.name for one in known.contacts.values())
