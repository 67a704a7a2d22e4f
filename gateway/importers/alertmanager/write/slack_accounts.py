"""The Slack accounts of the new file: one for the bot token, one for each incoming webhook."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.config.grammar.parsed import ParsedSection
from gateway.core.plan.accounts import Secret
from gateway.core.plan.channels import SLACK
from gateway.importers.alertmanager.read.check_integrations import POST_MESSAGE
from gateway.importers.alertmanager.read.rules import is_set
from gateway.importers.alertmanager.write.account_names import free_name
from gateway.importers.alertmanager.write.notes import Notes
from gateway.importers.alertmanager.write.receiver_context import PLACEHOLDER, ReceiverContext
from gateway.importers.emit import Block

WEBHOOK_PLACEHOLDER = "https://hooks.slack.com/services/placeholder"


@dataclass(frozen=True, slots=True)
class IncomingWebhook:
    """An incoming webhook: the section and the key that its URL is under."""

    section: ParsedSection
    key: str

    @property
    def identity(self) -> str:
        """Return a text that is equal for equal URLs and for equal files. It may be a secret."""
        value = self.section.get(self.key)
        return value.reveal() if isinstance(value, Secret) else f"file {value}"


class SlackAccounts:
    """The names of the accounts, by what the integrations of an alertmanager.yml post with."""

    def __init__(self, file: ParsedSection) -> None:
        self._general: ParsedSection = file.get("global") or ParsedSection(file.position, {})
        self.configs: list[ParsedSection] = []
        self.webhooks: dict[str, IncomingWebhook] = {}
        """The webhooks by the names of their accounts."""
        self._names: dict[str, str] = {}
        matches: list[tuple[IncomingWebhook, str]] = []
        for item in file.list_of("receivers"):
            for one in item.value.list_of("slack_configs"):
                self.configs.append(one.value)
                webhook = _webhook_of(one.value, self._general)
                if webhook is not None:
                    matches.append((webhook, item.value.get("name", "")))
        self.has_token = len(matches) < len(self.configs)
        # The global one first: it gets the name that needs no `account:` at the targets.
        matches.sort(key=lambda one: one[0].section is not self._general)
        for webhook, receiver in matches:
            if webhook.identity not in self._names:
                taken = {SLACK.name, *self.webhooks} if self.has_token else self.webhooks
                name = free_name(SLACK.name, receiver, taken)
                self._names[webhook.identity] = name
                self.webhooks[name] = webhook

    def name_of(self, entry: ParsedSection) -> str:
        """Return the account of an integration."""
        webhook = _webhook_of(entry, self._general)
        return SLACK.name if webhook is None else self._names[webhook.identity]

    def blocks(self, notes: Notes) -> Iterator[tuple[str, Block]]:
        """Yield the accounts by name, except that of a bot token."""
        context = ReceiverContext("", self._general, notes)
        for name, webhook in self.webhooks.items():
            section, key = webhook.section, webhook.key
            variable = f"{name}_WEBHOOK_URL"
            value = section.get(key)
            if isinstance(value, Secret):
                meaning = f"the incoming webhook of Slack that is {key} here"
                position = section.position_of(key)
                reference = notes.variable(variable, meaning, position, WEBHOOK_PLACEHOLDER, value)
            else:
                reference = context.file(variable, section, key, WEBHOOK_PLACEHOLDER)
            block = Block() if name == SLACK.name else Block([("type", SLACK.name)])
            block.add("webhook_url", reference)
            yield name, block


def _webhook_of(entry: ParsedSection, general: ParsedSection) -> IncomingWebhook | None:
    """Return the webhook that an integration posts to; None if it has a bot token."""
    for section, prefix in ((entry, ""), (general, "slack_")):
        if any(is_set(section, f"{prefix}app_token{end}") for end in ("", "_file")):
            return None
        for key in (f"{prefix}api_url", f"{prefix}api_url_file"):
            if is_set(section, key):
                value = section.get(key)
                if isinstance(value, Secret) and value.reveal() == POST_MESSAGE:
                    return None
                return IncomingWebhook(section, key)
    return None


def token_account(accounts: SlackAccounts, general: ParsedSection, notes: Notes) -> Block:
    """Return `channels: slack:` with the first bot token; note any other one."""
    block = Block()
    context = ReceiverContext("", general, notes)
    reference: str | None = None
    first: object = None
    for owner, entry, key in _token_fields(accounts, general):
        for name in (key, f"{key}_file"):
            if not is_set(entry, name):
                continue
            position, value = entry.position_of(name), entry.get(name)
            if reference is not None:
                if value != first:
                    message = f"{name}: another bot token; all messages go through one account"
                    block.entries.append(notes.add_lost(position, message))
                continue
            first = value
            if isinstance(value, Secret):
                meaning = f"the bot token that {owner} has as {name}"
                reference = notes.variable("SLACK_TOKEN", meaning, position, PLACEHOLDER, value)
            else:
                reference = context.file("SLACK_TOKEN", entry, name, PLACEHOLDER)
    if reference is None:
        meaning = "the bot token (xoxb-…) of a Slack app"
        reference = notes.variable("SLACK_TOKEN", meaning, None, PLACEHOLDER)
    block.add("token", reference)
    block.add("signing_secret", "${SLACK_SIGNING_SECRET:-}")
    return block


def _token_fields(
    accounts: SlackAccounts, general: ParsedSection
) -> Iterator[tuple[str, ParsedSection, str]]:
    """Yield the keys that may hold a bot token: whose they are, their section, their name."""
    yield "global", general, "slack_app_token"
    for entry in accounts.configs:
        yield "a slack_config", entry, "app_token"
        config: ParsedSection | None = entry.get("http_config")
        if config is not None and _webhook_of(entry, general) is None:
            yield "a slack_config", config, "bearer_token"
            if "authorization" in config:
                yield "a slack_config", config.get("authorization"), "credentials"
