"""What the channels' keys in routes.yaml have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gateway.config.grammar.lists import ListOf
from gateway.config.grammar.parsed import FieldType, ParsedSection
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.sources import BASIC, SECRETS
from gateway.config.grammar.values import FLAG, PATTERN, PLAIN_URL, PROXY, WORD
from gateway.config.source.problem import Findings

TOKEN = "token"  # noqa: S105  # the name of a key
"""The key of an account's credential, for channels that need an account."""


PROVIDER = "provider"
"""The key of an account that says who sends, where there is a choice."""

TYPE = "type"
"""The key of an account that says which channel it is of."""

ACCOUNT = "account"
"""The key of a target that says which account it is reached by."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ProviderKeys:
    """The keys of an account that have a meaning with one of its providers only.

    `credentials` are the keys of secrets. One of them is needed to send; if they are `optional`, an
    account may omit all. `check` notes what single keys cannot say.
    """

    keys: tuple[str, ...]
    required: tuple[str, ...] = ()
    credentials: tuple[str, ...] = (TOKEN,)
    optional: bool = False
    check: Callable[[ParsedSection, Findings], None] | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChannelGrammar:
    """A channel's keys in routes.yaml. Both fields have the channel's name.

    The keys of a target that are neither its address, its account nor `send_resolved` become its
    options. A secret among them becomes a reference. Every account also has the key `type`.
    """

    account: Field
    """The entry under `channels:` of an account called like the channel, a Section."""
    target: Field
    """The entry of a receiver, a list of Sections."""
    address: str | None = None
    """The key of a target that holds its address, or several; None: there is one target only."""
    contact: Field | None = None
    """A person's address, for a channel whose spec has a `contact_order`."""
    named: str | None = None
    """The key of the account with addresses by name, which targets and contacts may use."""
    required: tuple[str, ...] = ()
    """Keys of the account beside the token, without which nothing can be sent."""
    recommended: Mapping[str, str] = field(default_factory=dict)
    """Keys of an account with a token whose absence is a warning, with its text."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """The key that makes a recommended one needless, by that one."""
    token_only: tuple[str, ...] = ()
    """Keys of the account that mean something beside a token only."""
    providers: Mapping[str, ProviderKeys] = field(default_factory=dict)
    """The keys of each provider, where there is a choice."""


CALLBACKS = "callbacks"
"""The key of an account with the credentials of what its vendor posts back."""

INBOUND = "inbound_address"
"""The key of an account with the address that takes replies."""

REST_TOKEN = "rest_token"  # noqa: S105  # the name of a key
"""The key of an account with a credential to ask the vendor about incidents and users."""

SIGNING_SECRET = "signing_secret"  # noqa: S105  # the name of a key
"""The key of callbacks with the secrets that a vendor signs its posts with."""

CALLBACKS_FIELD = Field(
    CALLBACKS,
    Section(
        "callbacks",
        "Credentials of what the vendor posts to `/callbacks/ACCOUNT`. Any one of several is "
        "enough, so an old and a new one can be used side by side.",
        (
            Field(
                "basic",
                ListOf(BASIC, or_one=True),
                "Names and passwords.",
                "none",
                '{username: postmark, password: "${POSTMARK_CALLBACK_PASSWORD}"}',
            ),
            Field(
                "bearer",
                SECRETS,
                "Tokens in a header `Authorization: Bearer …`.",
                "none",
                '"${POSTMARK_CALLBACK_TOKEN}"',
            ),
        ),
    ),
    "Credentials of what the vendor posts back, such as bounces. Without them it is refused.",
    "none",
    '{basic: {username: postmark, password: "${POSTMARK_CALLBACK_PASSWORD}"}}',
)

API_URL_FIELD = Field(
    "api_url",
    PLAIN_URL,
    "Where the vendor's API is; for proxies and tests.",
    "the vendor's",
    "https://proxy.example.com/api",
)

PROXY_FIELD = Field(
    "proxy",
    PROXY,
    "An HTTP proxy to go through. The environment's proxies (HTTPS_PROXY, NO_PROXY) are not used.",
    "none",
    "http://proxy.example.com:3128",
)

ACCOUNT_FIELD = Field(
    ACCOUNT,
    WORD,
    "The account that it is reached by, a key of `channels:`.",
    "the account called like the channel, or the only one",
    "slack-eu",
)

ALLOW = "allow"
OTHERWISE = "otherwise"
"""Keys of a target whose address depends on labels."""

COPIES = "cc"
"""The key of a target with further addresses that get the same message."""

HEADERS = "headers"
"""The key of a target with headers of its messages."""

ALLOW_FIELD = Field(
    ALLOW,
    ListOf(PATTERN, or_one=True),
    "For an address with labels: patterns (RE2, of the whole address); it must match one of them, "
    "because labels come from anyone who may post alerts.",
    "none; required with labels",
    '["#[a-z-]+-alerts"]',
)


def otherwise_field(field_type: FieldType, example: str) -> Field:
    """Return the key of the target for alerts whose label is missing or not allowed."""
    return Field(
        OTHERWISE,
        field_type,
        "For an address with labels: where alerts go whose label is missing or not allowed.",
        "none; required with labels",
        example,
    )


SEND_RESOLVED_FIELD = Field(
    "send_resolved",
    FLAG,
    "false: no resolved notification is sent, as in Alertmanager.",
    "true",
    "false",
)

NAME_FIELD = Field(
    "name",
    WORD,
    "What people call it in messages and on pages, because its key or URL is a secret.",
    "from the variable's name or the URL's host",
    "payments",
)
