"""The grammar of mappings: how the body of any sender becomes alerts."""

from gateway.config.grammar.field_types import Text
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.sections import Field, Section, TextOrSection
from gateway.config.grammar.values import ANY_TEXT, TEXT
from gateway.core.text.json_path import parse_json_path, parse_json_text

_ANY = ("string", "number", "boolean")
JSON_PATH = Text("path", parse_json_path)
JSON_TEXT = Text("text with paths", parse_json_text, types=_ANY)
WORDS = ListOf(TEXT, or_one=True)

EXCHANGED = Section(
    "exchanged value",
    "A value of the body, and by what it is replaced.",
    (
        Field("value", JSON_TEXT, "The value.", "", '"{{ priority }}"', required=True),
        Field(
            "map", MapOf("value", TEXT), "Values and their replacements.", "none", "{P1: critical}"
        ),
        Field("default", ANY_TEXT, "For any other value.", "the value itself", "warning"),
    ),
)
VALUE = TextOrSection(JSON_TEXT, EXCHANGED)

STATUS = Section(
    "status of an alert",
    "Which values mean that an alert fires or has ended. Upper and lower case are the same.",
    (
        Field("value", JSON_TEXT, "The value.", "", '"{{ state }}"', required=True),
        Field(
            "firing",
            WORDS,
            "Values of an alert that fires. A value that is in no list is refused.",
            "every value that is in no other list",
            "[down, open]",
        ),
        Field("resolved", WORDS, "Values of one that has ended.", "none", "[up, closed]"),
        Field("ignored", WORDS, "Values that mean neither.", "none", "[paused]"),
    ),
)

MAPPING = Section(
    "mapping",
    "How a JSON body becomes alerts. A path such as check.name or items[0].host begins at the "
    "alert; $.name begins at the body, and @X-Event is a header. In a text, {{ path }} is its "
    "value and {{ one or other }} the first that is not empty.",
    (
        Field("alerts", JSON_PATH, "The list of alerts.", "the body is one alert", "$.incidents"),
        Field(
            "when",
            MapOf("path", WORDS),
            "Values that paths must have, or the alert is ignored. Upper and lower case are the "
            "same.",
            "none",
            "{type: [incident, alert]}",
        ),
        Field(
            "labels",
            MapOf("label", VALUE),
            "The labels, which identify the alert; alertname is needed. An empty one is left out.",
            "needed for type json",
            '{alertname: BackupFailed, host: "{{ host.name }}"}',
        ),
        Field(
            "annotations",
            MapOf("annotation", VALUE),
            "The annotations, such as summary, description, runbook_url.",
            "none",
            '{summary: "{{ message }}"}',
        ),
        Field("url", VALUE, "The link to the sender.", "none", '"{{ link }}"'),
        Field(
            "status",
            STATUS,
            "Whether it fires.",
            "it fires",
            '{value: "{{ state }}", resolved: ok}',
        ),
        Field(
            "starts_at",
            VALUE,
            "When it began: a time with a zone, or Unix seconds or milliseconds.",
            "the receipt",
            '"{{ started }}"',
        ),
        Field("ends_at", VALUE, "When it ended.", "the receipt", '"{{ ended }}"'),
        Field(
            "identity",
            VALUE,
            "What the posts about one alert share where their labels differ. It becomes the label "
            "alert_id, and a post ends all alerts with it that it does not report as firing.",
            "the labels alone",
            '"{{ incident.id }}"',
        ),
    ),
)
