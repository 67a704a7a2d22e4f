"""`receivers:` and `channels:` of the new file."""

from collections.abc import Callable, Iterator

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.grammar.values import PLAIN_URL
from gateway.core.plan.accounts import Secret
from gateway.core.urls.web_url import proxy_url
from gateway.importers.alertmanager.read.integrations import FURTHER_INTEGRATIONS
from gateway.importers.alertmanager.read.source_config import SourceConfig
from gateway.importers.alertmanager.write import service_targets
from gateway.importers.alertmanager.write.mail_accounts import MailAccounts
from gateway.importers.alertmanager.write.notes import Notes
from gateway.importers.alertmanager.write.receiver_context import ReceiverContext, TranslatedTarget
from gateway.importers.alertmanager.write.slack_accounts import SlackAccounts, token_account
from gateway.importers.alertmanager.write.slack_targets import slack
from gateway.importers.alertmanager.write.targets import email, pagerduty, webhook
from gateway.importers.emit import Block, Items, Remark, escape_references

_TRANSLATE: dict[str, Callable[[ParsedSection, ReceiverContext], TranslatedTarget]] = {
    "email": email,
    "slack": slack,
    "pagerduty": pagerduty,
    **service_targets.TRANSLATE,
    "webhook": webhook,
    "incidentio": service_targets.incidentio,
}
_CHANNELS = {
    **dict.fromkeys(service_targets.TRANSLATE, service_targets.CHANNEL),
    "incidentio": "webhook",
}
"""The channels of the kinds that are not called like their channel."""

_ENQUEUE = "/v2/enqueue"


def receivers(source_config: SourceConfig, notes: Notes) -> Items:
    """Return all receivers in their order, also those without targets."""
    file = source_config.entry
    general: ParsedSection = file.get("global") or ParsedSection(file.position, {})
    accounts = {"slack": SlackAccounts(file).name_of, "email": MailAccounts(file).name_of}
    contexts = [
        ReceiverContext(item.value.get("name"), general, notes, source_config, accounts)
        for item in file.list_of("receivers")
    ]
    return Items(
        [
            _receiver(item.value, context)
            for item, context in zip(file.list_of("receivers"), contexts, strict=True)
        ]
    )


def _receiver(receiver: ParsedSection, context: ReceiverContext) -> Block:
    name, notes = context.receiver, context.notes
    block = Block([("name", escape_references(name))])
    if "labels" in receiver:
        message = "labels: receivers have none here"
        block.entries.append(notes.add_lost(receiver.position_of("labels"), message))
    by_channel: dict[str, Items] = {}
    for kind, translate in _TRANSLATE.items():
        for item in receiver.list_of(f"{kind}_configs"):
            if service_targets.refusal(kind, item.value):
                continue
            target, remarks = translate(item.value, context)
            if target.empty:
                block.entries += remarks
                continue
            channel = _CHANNELS.get(kind, kind)
            by_channel.setdefault(channel, Items()).items.append(target)
            target.entries += remarks
            notes.translated.append((item.position.line, f"{kind} of receiver {name}"))
    for channel, targets in by_channel.items():
        block.add(channel, targets)
    block.entries += _refused(receiver, notes)
    integrations = any(receiver.list_of(key) for key in receiver.fields if key.endswith("_configs"))
    if integrations and not by_channel:
        message = f"receiver {name}: none of its integrations has a counterpart: it notifies nobody"
        block.entries.append(notes.add_lost(receiver.position, message))
    return block


def _refused(receiver: ParsedSection, notes: Notes) -> Iterator[Remark]:
    """Note the integrations that are not translated, each with the reason and what to do."""
    for kind in FURTHER_INTEGRATIONS:
        for item in receiver.list_of(f"{kind}_configs"):
            if reason := service_targets.refusal(kind, item.value):
                message = f"{kind}_configs of receiver {receiver.get('name')}: {reason}"
                yield notes.add_lost(item.position, message)


def channels(file: ParsedSection, notes: Notes) -> Block:
    """Return the accounts that the receivers need."""
    general: ParsedSection = file.get("global") or ParsedSection(file.position, {})
    configs_by_kind: dict[str, list[ParsedSection]] = {kind: [] for kind in _TRANSLATE}
    for item in file.list_of("receivers"):
        for kind, configs in configs_by_kind.items():
            configs += [one.value for one in item.value.list_of(f"{kind}_configs")]
    block = Block()
    if configs_by_kind["email"]:
        for name, account in MailAccounts(file).blocks(notes):
            block.add(name, account)
    if configs_by_kind["slack"]:
        accounts = SlackAccounts(file)
        if accounts.has_token:
            block.add("slack", token_account(accounts, general, notes))
        for name, account in accounts.blocks(notes):
            block.add(name, account)
    url = general.get("pagerduty_url")
    if configs_by_kind["pagerduty"] and url is not None:
        host = url.removesuffix(_ENQUEUE)
        try:
            PLAIN_URL.parse(host)
            block.add("pagerduty", Block([("api_url", escape_references(host))]))
        except ValueError:
            message = "pagerduty_url: no URL that can stand under channels: pagerduty: api_url:"
            block.entries.append(notes.add_lost(general.position_of("pagerduty_url"), message))
    kinds = [_CHANNELS.get(kind, kind) for kind, configs in configs_by_kind.items() if configs]
    _add_proxy([*dict.fromkeys(kinds)], block, general, notes)
    return block


def _add_proxy(kinds: list[str], block: Block, general: ParsedSection, notes: Notes) -> None:
    """Give every account that speaks HTTP the proxy of the global `http_config`."""
    config: ParsedSection | None = general.get("http_config")
    if config is None or "proxy_url" not in config:
        return
    own: Secret = config.get("proxy_url")
    position = config.position_of("proxy_url")
    try:
        proxy_url(own.reveal())
    except ValueError as fault:
        block.entries.append(notes.add_lost(position, f"proxy_url: {fault}"))
        return
    meaning = "the HTTP proxy, proxy_url of http_config"
    reference = notes.variable("PROXY_URL", meaning, position, "http://proxy.example.com:3128", own)
    accounts = [one for one in block.entries if not isinstance(one, Remark)]
    for _, account in accounts:
        if isinstance(account, Block) and ("provider", "smtp") not in account.entries:
            account.add("proxy", reference)
    declared = {name for name, _ in accounts}
    for kind in kinds:
        if kind not in declared:
            block.add(kind, Block([("proxy", reference)]))
