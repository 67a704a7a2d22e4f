"""From the read file to receivers with their targets."""

from collections.abc import Collection, Iterable, Mapping

from gateway.config.build.accounts import CHANNELS, CONSOLE, LACKS, NEED_ACCOUNT, Secrets, variables
from gateway.config.build.names import DeclaredNames
from gateway.config.grammar.parsed import ParsedSection, ParsedValue
from gateway.config.grammar.secret_types import secret_of
from gateway.config.source.problem import Findings, SourcePosition
from gateway.config.source.references import SecretText
from gateway.core.plan.accounts import EACH_TARGET, ChannelSettings
from gateway.core.plan.plan import Person, Receiver, Target
from gateway.core.plan.target_name import CHANNEL_NAMES
from gateway.core.urls.web_url import web_url


class ReceiverBuilder:
    """Builds receivers: needs the people behind addresses, and the channels' accounts."""

    def __init__(
        self,
        people: Mapping[str, Person],
        channels: Collection[str],
        secrets: Secrets,
        findings: Findings,
    ) -> None:
        """`channels` are those that the file declares, right or not."""
        self._by_email = {one.email.lower(): one.id for one in people.values() if one.email}
        self._by_slack = {one.slack: one.id for one in people.values() if one.slack}
        self._channels = channels
        self._secrets = secrets
        self._findings = findings
        self._lacking: dict[
            str, list[tuple[SourcePosition, str]]
        ] = {}  # by channel: where, and of what
        self._sending: set[str] = set()

    def build(
        self, entries: Iterable[ParsedValue], names: DeclaredNames, escalations: DeclaredNames
    ) -> Mapping[str, Receiver]:
        """The receivers by their names."""
        receivers = {}
        for item in entries:
            entry: ParsedSection = item.value
            for key, known in (("escalate", escalations), ("fallback", names)):
                if key in entry:
                    known.check(entry.fields[key], self._findings)
            name = entry.get("name", "")
            receivers[name] = Receiver(
                name, self._targets(entry), entry.get("escalate"), entry.get("fallback")
            )
        return receivers

    def _targets(self, entry: ParsedSection) -> tuple[Target, ...]:
        targets: dict[str, Target] = {}
        for channel in CHANNELS:
            for item in entry.list_of(channel):
                self._check_account(channel, item.position)
                for target, position in self._of(channel, item.value):
                    if target.key in targets:
                        message = f"{channel}: {target.address} is a target of this receiver twice"
                        self._findings.warn(position, message)
                    targets.setdefault(target.key, target)
        return tuple(targets.values())

    def _check_account(self, channel: str, position: SourcePosition) -> None:
        if channel in NEED_ACCOUNT and channel not in self._channels:
            message = (
                f"{channel}: there is no account for it; declare it under channels: {channel}:"
            )
            self._findings.error(position, message)

    def _of(self, channel: str, entry: ParsedSection) -> Iterable[tuple[Target, SourcePosition]]:
        if channel == "email":
            if entry.valid and not entry.list_of("to"):
                self._findings.error(entry.position_of("to"), "to: names nobody")
            for item in entry.list_of("to"):
                person = self._by_email.get(item.value.lower())
                yield Target("email", item.value, person, _options(entry)), item.position
        elif channel == "slack" and "channel" in entry:
            address = entry.get("channel")
            person = self._by_slack.get(address)
            yield Target("slack", address, person, _options(entry)), entry.position
        elif channel == "pagerduty" and "routing_key" in entry:
            yield self._pagerduty(entry), entry.position
        elif channel == "webhook" and "url" in entry:
            yield self._webhook(entry), entry.position
        elif channel == CONSOLE:
            yield Target(CONSOLE, CONSOLE), entry.position

    def _pagerduty(self, entry: ParsedSection) -> Target:
        key: SecretText = entry.get("routing_key")
        self._secrets.keep(key)
        options = _options(entry, "severity", "name")
        self._note("pagerduty", key, entry.position_of("routing_key"))
        return Target("pagerduty", key.address, options=options)

    def _webhook(self, entry: ParsedSection) -> Target:
        url = entry.get("url")
        options = _options(entry, "max_alerts", "timeout", "name")
        if "bearer" in entry:
            bearer = secret_of(entry.fields["bearer"])
            self._secrets.keep(bearer)
            options["bearer"] = "" if bearer is None else bearer.address
            if bearer is not None and _has_credentials(url):
                message = (
                    "bearer: the URL holds a name and a password already; remove one of the two"
                )
                self._findings.error(entry.position_of("bearer"), message)
        if not isinstance(url, SecretText):
            self._sending.add("webhook")
            return Target("webhook", url, options=options)
        self._secrets.keep(url)
        self._note("webhook", url, entry.position_of("url"))
        return Target("webhook", url.address, options=options)

    def _note(self, channel: str, secret: SecretText, position: SourcePosition) -> None:
        if secret.empty:
            self._lacking.setdefault(channel, []).append((position, variables(secret.address)))
        else:
            self._sending.add(channel)

    def settled(
        self, channels: Mapping[str, ChannelSettings], accounts: ParsedSection | None
    ) -> dict[str, ChannelSettings]:
        """Return the channels, with one rule for all empty tokens, keys and secret URLs.

        While no channel can send, nobody relies on the gateway yet, and empty ones print on the
        console. As soon as one can, a page must not end on a console that nobody reads: an empty
        one is misconfigured, so that the fallback is notified.
        """
        in_earnest = any(self._can_send(settings) for settings in channels.values())
        settled = dict(channels)
        for name, position, names in self._empty(channels, accounts):
            label = CHANNEL_NAMES[name]
            if in_earnest:
                message = (
                    f"no {names}: nothing can be sent by {label} here, and the fallback is"
                    " notified instead; set it, or write provider: console to print on purpose"
                )
            else:
                message = f"no {names}: {label} messages are printed on the console, not sent"
                options = {k: v for k, v in channels[name].options.items() if k != LACKS}
                options |= {"provider": CONSOLE, "because": f"no {names}"}
                if name in self._lacking:  # each target lacks a variable of its own
                    options["because"] = EACH_TARGET
                settled[name] = ChannelSettings(name, options, channels[name].secrets)
            self._findings.warn(position, message)
        return settled

    def _empty(
        self, channels: Mapping[str, ChannelSettings], accounts: ParsedSection | None
    ) -> Iterable[tuple[str, SourcePosition, str]]:
        """Yield what is empty: the channel, where it stands, and the variables or files."""
        for name, settings in channels.items():
            if LACKS in settings.options and accounts is not None:
                account: ParsedSection = accounts.fields[name].value
                yield name, account.position_of("token"), settings.options[LACKS]
        for name, places in self._lacking.items():
            if channels[name].options.get("provider") != CONSOLE:
                yield from ((name, position, names) for position, names in places)

    def _can_send(self, settings: ChannelSettings) -> bool:
        """Return whether a channel has all that it needs to send to at least one target."""
        if settings.options.get("provider") == CONSOLE or LACKS in settings.options:
            return False
        return settings.name in NEED_ACCOUNT or settings.name in self._sending


def _has_credentials(url: str | SecretText) -> bool:
    """Whether a checked URL, perhaps an empty one, holds a name or a password."""
    text = url.secret.reveal() if isinstance(url, SecretText) else url
    return bool(text) and web_url(text).username is not None


def _options(entry: ParsedSection, *names: str) -> dict[str, str]:
    """What a target says beside its address, as text."""
    options = {name: str(entry.get(name)) for name in names if name in entry}
    if "send_resolved" in entry:
        options["send_resolved"] = "true" if entry.get("send_resolved") else "false"
    return options
