"""Teams, built from the parsed file."""

from collections.abc import Mapping

from gateway.config.build.names import FileNames
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.source.problem import Findings
from gateway.core.plan.team import NO_TEAM, Team


def teams(
    entries: Mapping[str, ParsedValue], names: FileNames, findings: Findings
) -> Mapping[str, Team]:
    """Return the teams by their ids, in the order of the file; note unknown names."""
    teams_by_id = {}
    for id_, item in entries.items():
        entry: ParsedSection = item.value
        if id_ == NO_TEAM:
            message = f'teams: "{NO_TEAM}" selects incidents without a team; choose another id'
            findings.error(item.position, message, text=id_)
        for key, known in (
            ("members", names.people),
            ("leads", names.people),
            ("rotas", names.rotas),
        ):
            for reference in entry.list_of(key):
                known.check(reference, findings)
        if "announce" in entry:
            names.receivers.check(entry.fields["announce"], findings)
        teams_by_id[id_] = Team(
            id=id_,
            name=entry.get("name", id_),
            matchers=tuple(one for group in entry.list_of("matchers") for one in group.value),
            members=_names(entry, "members"),
            leads=_names(entry, "leads"),
            rotas=_names(entry, "rotas"),
            announce=entry.get("announce"),
        )
    return teams_by_id


def _names(entry: ParsedSection, key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.value for item in entry.list_of(key)))
