"""The grammar of receivers and their targets."""

from gateway.config.grammar.channels import GRAMMARS
from gateway.config.grammar.null_names import NAMES
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import NAME

# Alertmanager's (0.33) that have no counterpart here.
_NOT_HERE = (
    "discord", "incidentio", "jira", "mattermost", "msteams", "msteamsv2", "opsgenie",
    "pushover", "rocketchat", "sns", "telegram", "victorops", "webex", "wechat",
)  # fmt: skip

RECEIVER = Section(
    "receiver",
    "A name with its targets. A receiver without targets notifies nobody: `gateway check` warns of "
    "that at the root and where the worst alerts arrive, unless the name has a word in it such as "
    f"{', '.join(NAMES)}.",
    (
        Field("name", NAME, "The name that routes use.", "", "billing-critical", required=True),
        *(grammar.target for grammar in GRAMMARS.values()),
        Field(
            "escalate",
            NAME,
            "The escalation that runs until somebody acknowledges.",
            "none",
            "billing",
        ),
        Field(
            "fallback",
            NAME,
            "The receiver that is notified when this one's targets cannot be reached.",
            "none",
            "everyone",
        ),
    ),
    elsewhere={
        "email_configs": "written as email: [{to: …}]; the account is declared under channels:",
        "slack_configs": 'written as slack: [{channel: "#…"}]; the token is declared under '
        "channels:",
        "pagerduty_configs": "written as pagerduty: [{routing_key: …}]",
        "webhook_configs": "written as webhook: [{url: …}]",
        **{
            f"{other}_configs": "this channel does not exist here; webhook: [{url: …}] may do"
            for other in _NOT_HERE
        },
    },
)
