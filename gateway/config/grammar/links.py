"""The grammar of links, and the field types of short templates."""

from collections.abc import Callable

from gateway.config.grammar.field_types import Text
from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.sections import Field, Section
from gateway.config.source.problem import ParseError
from gateway.core.routing.links import MOST_LINKS
from gateway.short_templates.errors import ShortTemplateError
from gateway.short_templates.template import check_title, check_url


def _checked(check: Callable[[str], str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        try:
            return check(text)
        except ShortTemplateError as error:
            raise ParseError(str(error), error.suggestion) from None

    return parse


TITLE = Text("text, perhaps with labels", _checked(check_title))
LINK_URL = Text("URL, perhaps with labels", _checked(check_url))

LINK = Section(
    "link",
    "A link that messages and pages show. Its labels are those that all alerts of the incident "
    "share, and those that the route adds; while one that it needs is missing, it is left out.",
    (
        Field("title", TITLE, "What it is called.", "", "Logs", required=True),
        Field(
            "url",
            LINK_URL,
            "Where it leads: http or https and the host as text, behind them perhaps "
            "`{{ labels.NAME }}`, percent-encoded. Without it, the link of this title that the "
            "route inherits is left out.",
            "none",
            '"https://grafana.example.com/explore?service={{ labels.service | urlencode }}"',
        ),
    ),
)

LINKS = ListOf(LINK)
LINKS_MEANING = (
    "Links to logs, traces, dashboards or a customer's page, in every message and on the "
    f"incident's page, behind runbook and dashboard. At most {MOST_LINKS} for one route."
)
