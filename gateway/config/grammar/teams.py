"""The grammar of teams."""

from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import MATCHERS, NAME, TEXT

TEAM = Section(
    "team",
    "People and the incidents that are theirs; the key is the team's id.",
    (
        Field("name", TEXT, "What the team is called.", "the id", "Billing"),
        Field(
            "matchers",
            ListOf(MATCHERS, or_one=True),
            "Conditions on alerts, as in routes. An incident belongs to the first team in the file "
            "that matches its worst alert, the oldest of several, when it opens. An empty list "
            "matches every alert.",
            "",
            "['team=\"billing\"']",
            required=True,
        ),
        Field("members", ListOf(NAME, or_one=True), "Ids of people.", "nobody", "[ana, ben]"),
        Field("leads", ListOf(NAME, or_one=True), "Ids of people who lead it.", "nobody", "[ana]"),
        Field("rotas", ListOf(NAME, or_one=True), "The team's rotas.", "none", "[billing]"),
        Field(
            "announce",
            NAME,
            "The receiver of messages to the whole team.",
            "none",
            "billing-channel",
        ),
    ),
)

TEAMS = MapOf("id", TEAM)
