"""The grammar of rotas, escalations and business hours."""

from gateway.config.grammar.calendars import CALENDAR, HOLIDAYS
from gateway.config.grammar.durations import POSITIVE_DURATION
from gateway.config.grammar.field_types import Choice
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.rota_values import (
    CLOCK,
    DATE,
    DUTY_DAYS,
    HANDOVER,
    MOMENT,
    ROTATE,
    WEEKDAYS,
)
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import FLAG, NAME, TEXT, ZONE, count

_RESTRICTION = Section(
    "restriction",
    "Hours of the week in which a layer applies, on the wall clock of the rota's zone. An end at "
    "or before the start is reached on the next day.",
    (
        Field(
            "weekdays",
            ListOf(DUTY_DAYS, or_one=True),
            "The days it begins on. `workdays`: the days of business_hours without its holidays.",
            "all",
            "[mon-fri]",
        ),
        Field("from", CLOCK, "When it begins.", '"00:00"', '"09:00"'),
        Field("to", CLOCK, "When it ends.", '"00:00" (24 hours later)', '"17:00"'),
    ),
)

_ICAL = (
    Field(
        "ical",
        CALENDAR,
        "A calendar whose events say who is on call: the URL of an iCalendar feed (Google, Outlook "
        "or any other), or the path of a file, relative to this one. An event names a person by "
        "name, id or e-mail address.",
        "none",
        '"${BILLING_CALENDAR}"',
    ),
    Field(
        "ical_overrides",
        CALENDAR,
        "A second calendar. While it has an event, the first one is not read.",
        "none",
        '"${BILLING_CHANGES}"',
    ),
)

_LAYER = Section(
    "layer",
    "People who take turns. A later layer takes over from the earlier ones wherever it applies.",
    (
        Field(
            "members",
            ListOf(ListOf(NAME, or_one=True)),
            "Ids of people, in the order of their turns. A list of them is one turn with several "
            "people on call together; an empty list is a turn of nobody, in which an earlier layer "
            "applies. A layer has `members` and `start`, or `ical`.",
            "**required** without ical",
            "[ana, ben]",
        ),
        *_ICAL,
        Field(
            "name",
            NAME,
            "What the layer is called. After an edit it keeps whose turn it is, wherever "
            "the layer stands in the list.",
            "its position in the list",
            "office-hours",
        ),
        Field(
            "rotate",
            ROTATE,
            "How long a turn is: hourly, daily, weekly, monthly, or a number of hours, days, "
            "weeks, months. Restrictions never change whose turn it is.",
            "weekly",
            "2 weeks",
        ),
        Field(
            "handover",
            HANDOVER,
            "When a turn ends, on the wall clock: a time, for weeks also a day.",
            '"09:00", for weeks on the weekday of the start',
            '"Mon 09:00"',
        ),
        Field(
            "start",
            DATE,
            "The day (or time) from which the layer counts and applies; the first member begins.",
            "**required** without ical",
            "2026-01-05",
        ),
        Field("end", DATE, "The day (or time) at which the layer ends.", "never", "2026-07-01"),
        Field(
            "restrictions",
            ListOf(_RESTRICTION),
            "When the layer applies.",
            "always",
            '[{weekdays: [mon-fri], from: "09:00", to: "17:00"}]',
        ),
    ),
)

_OVERRIDE = Section(
    "override",
    "An exception. The last one that applies wins over earlier ones and over all layers.",
    (
        Field("person", NAME, "Who takes over; without it nobody is on call.", "nobody", "cho"),
        Field(
            "from",
            MOMENT,
            "When it begins: in the rota's zone, or with an offset.",
            "",
            "2026-12-24 18:00",
            required=True,
        ),
        Field("to", MOMENT, "When it ends.", "", "2026-12-26 18:00", required=True),
        Field("replaces", NAME, "Only where this person would be on call.", "anybody", "ana"),
        Field("beside", FLAG, "Notified as well, instead of taking over.", "false", "true"),
    ),
)

ALLOWED = "allowed"
"""The value of `gaps` that does not report times without anyone on call."""

ROTA = Section(
    "rota",
    "Who is on call when.",
    (
        Field("timezone", ZONE, "The zone of its wall clock.", "UTC", "Europe/Berlin"),
        Field(
            "layers",
            ListOf(_LAYER),
            "Rotations, the later on top. A rota has `layers` or `ical`.",
            "**required** without ical",
            '[{members: [ana, ben], rotate: weekly, handover: "Mon 09:00", start: 2026-01-05}]',
        ),
        *_ICAL,
        Field(
            "overrides",
            ListOf(_OVERRIDE),
            "Exceptions.",
            "none",
            "[{person: ben, from: 2026-12-24 18:00, to: 2026-12-27 09:00}]",
        ),
        Field(
            "gaps",
            Choice(("reported", ALLOWED)),
            "`allowed`: times at which nobody is on call are meant, and not reported. An "
            "escalation that then reaches nobody still is.",
            "reported",
            ALLOWED,
        ),
        Field(
            "announce",
            NAME,
            "The receiver that is notified of who is on call, whenever that changes.",
            "none",
            "billing-channel",
        ),
        Field(
            "topic",
            FLAG,
            "Whether the Slack channels of that receiver show who is on call as their topic.",
            "false",
            "true",
        ),
        Field(
            "usergroup",
            NAME,
            "The id of a Slack user group that is kept equal to the people on call.",
            "none",
            "S0BILLING",
        ),
    ),
)

_CONDITION = Section(
    "condition",
    "When a step applies; all that is written must hold when the step is due. A step that does not "
    "apply is skipped without waiting.",
    (
        Field(
            "severities",
            ListOf(NAME, or_one=True),
            "Names of severities: the incident's is one of them.",
            "every severity",
            "[critical]",
        ),
        Field(
            "time_intervals",
            ListOf(NAME, or_one=True),
            "Names of time intervals: it is inside one of them.",
            "always",
            "[office-hours]",
        ),
        Field(
            "outside_time_intervals",
            ListOf(NAME, or_one=True),
            "Names of time intervals: it is outside all of them.",
            "always",
            "[release-window]",
        ),
    ),
)

_STEP = Section(
    "step",
    "One escalation step: who is notified, and how long to wait for an acknowledgement.",
    (
        Field(
            "notify",
            ListOf(TEXT, or_one=True),
            "`rota:NAME` (the people on call at that time), `secondary:NAME` (the people of the "
            "next turn), `members:NAME` (everybody in the layers of a rota that apply then, on "
            "call or not, without people who are away), `person:ID`, `receiver:NAME`.",
            "",
            '["rota:billing"]',
            required=True,
        ),
        Field(
            "by",
            ListOf(NAME, or_one=True),
            "The contacts that people are notified by: `email`, `slack`, or names of "
            "[contacts](#contact).",
            "every contact that the person has",
            "[slack, email]",
        ),
        Field(
            "wait",
            POSITIVE_DURATION,
            "How long until the next step.",
            "respond_within of the route or severity",
            "15m",
        ),
        Field(
            "round_robin",
            FLAG,
            "Page one of these people, each incident the one whose turn is the longest ago. "
            "People who are away or have no contact are passed over. Not with receivers.",
            "false: all of them",
            "true",
        ),
        Field(
            "when",
            _CONDITION,
            "When the step applies, by severity and time.",
            "always",
            "{severities: [critical], outside_time_intervals: [office-hours]}",
        ),
    ),
)


STEPS = ListOf(_STEP)

ESCALATION = Section(
    "escalation",
    "Who is notified next while nobody acknowledges. A list of steps alone is enough.",
    (
        Field(
            "steps",
            STEPS,
            "In order.",
            "",
            '[{notify: ["rota:billing"], by: [slack, email], wait: 15m}]',
            required=True,
        ),
        Field(
            "repeat", count(0, 100), "How many times to start again after the last step.", "0", "2"
        ),
    ),
)

BUSINESS_HOURS = Section(
    "business hours",
    'What "same day", "next business day" and `workdays` mean.',
    (
        Field("timezone", ZONE, "The zone of the wall clock.", "UTC", "Europe/Berlin"),
        Field("days", ListOf(WEEKDAYS, or_one=True), "Working days.", "Mon-Fri", "[mon-fri]"),
        Field("start", CLOCK, "When the day begins.", '"09:00"', '"08:30"'),
        Field("end", CLOCK, "When it ends.", '"17:00"', '"18:00"'),
        Field(
            "holidays",
            ListOf(HOLIDAYS, or_one=True),
            "Days that are no working days: the public holidays of a country (`DE`) or a part of "
            "it (`DE-BE`, `GB-SCT`) by ISO 3166, single dates, and the all-day events of an "
            "iCalendar (its URL, or the path of a file that ends in .ics).",
            "none",
            "[DE-BE, 2026-12-24]",
        ),
    ),
)

ROTAS = MapOf("name", ROTA)
