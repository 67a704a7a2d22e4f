"""From the read file to sources, channels and receivers with their targets."""

from collections.abc import Collection, Iterable, Mapping

from gateway.config.grammar_accounts import SOURCE_TYPES
from gateway.config.kinds import Entry, Given, secret_of
from gateway.config.names import Names
from gateway.config.problem import Findings, Spot, nearest, short
from gateway.config.references import SecretText
from gateway.core.plan import Person, Receiver, Target
from gateway.core.settings import ChannelSettings, Secret, SourceSettings

CONSOLE = "console"
CHANNELS = ("email", "slack", "pagerduty", "webhook", CONSOLE)
_NEED_ACCOUNT = ("email", "slack")
_WORDS = {"email": "e-mail is", "slack": "Slack messages are"}


class Secrets(dict[str, Secret]):
    """All secrets of the file by the names under which they may be stored and shown."""

    def keep(self, found: SecretText | None) -> Secret | None:
        """Remember a secret, and return it."""
        if found is None:
            return None
        self[found.address] = found.secret
        return found.secret


def sources(
    entries: Mapping[str, Given], file: Spot, secrets: Secrets, findings: Findings
) -> Mapping[str, SourceSettings]:
    """Who may post; ``alertmanager`` and ``prometheus`` exist undeclared, and are open then."""
    found = {}
    for name, given in entries.items():
        entry: Entry = given.value
        type_ = entry.get("type", name)
        if entry.lacks("type") and type_ not in SOURCE_TYPES:
            near = nearest(name, SOURCE_TYPES)
            said = f'source "{short(name)}": "type" is missing'
            findings.error(given.spot, said, suggestion=near, allowed=SOURCE_TYPES)
        source = SourceSettings(
            name=name,
            type=type_,
            bearer=_several(entry, "bearer", secrets),
            basic=tuple(
                (one.value.get("username", ""), password)
                for one in entry.each("basic")
                if (password := secrets.keep(secret_of(one.value.given.get("password"))))
            ),
            hmac=_several(entry, "hmac", secrets),
            **{key: entry.get(key) for key in ("hmac_header", "max_bytes") if key in entry},
        )
        if source.open and entry.sound:
            findings.warn(given.spot, _open_source(name))
        found[name] = source
    for name in SOURCE_TYPES:
        if name not in found:
            found[name] = SourceSettings(name, name)
            findings.warn(file, _open_source(name))
    return found


def _open_source(name: str) -> str:
    return (
        f'source "{short(name)}" is open: whoever reaches the gateway may post to /webhook/'
        f'{short(name)}; give it a token: bearer: "${{{_variable(name)}_TOKEN}}"'
    )


def _variable(name: str) -> str:
    return "".join(one if one.isascii() and one.isalnum() else "_" for one in name).upper()


def _several(entry: Entry, key: str, secrets: Secrets) -> tuple[Secret, ...]:
    kept = (secrets.keep(secret_of(given)) for given in entry.each(key))
    return tuple(one for one in kept if one is not None)


def channels(
    entry: Entry | None, secrets: Secrets, findings: Findings
) -> dict[str, ChannelSettings]:
    """The accounts. One whose token its references leave empty shows on the console instead."""
    found = {}
    for name in CHANNELS:
        given = None if entry is None else entry.given.get(name)
        if given is not None:
            found[name] = _channel(name, given.value, secrets, findings)
        elif name not in _NEED_ACCOUNT:
            found[name] = ChannelSettings(name)
    return found


def _channel(name: str, entry: Entry, secrets: Secrets, findings: Findings) -> ChannelSettings:
    options: dict[str, str] = {}
    kept: dict[str, Secret] = {}
    for key, given in entry.given.items():
        if isinstance(given.value, SecretText):
            secret = secrets.keep(secret_of(given))
            if secret is not None:
                kept[key] = secret
        else:
            options[key] = str(given.value)
    shown = options.get("provider") == CONSOLE
    if name in _NEED_ACCOUNT and not shown and entry.sound:
        if entry.lacks("token"):
            said = f'{name} channel: "token" is missing (provider: console needs none)'
            findings.error(entry.spot, said)
        elif "token" not in kept:
            options["provider"] = CONSOLE
            said = f"no {_written(entry, 'token')}: {_WORDS[name]} shown on the console"
            findings.warn(entry.spot_of("token"), said)
        elif name == "slack" and "signing_secret" not in kept:
            said = "no signing_secret: buttons pressed in Slack cannot be trusted and are refused"
            findings.warn(entry.spot, said)
        if name == "email" and entry.lacks("from"):
            findings.error(entry.spot, 'email channel: "from" is missing')
    return ChannelSettings(name, options, kept)


def _written(entry: Entry, key: str) -> str:
    """The names of the variables or files that a secret would come from."""
    return _variables(entry.given[key].value.address)


def _variables(address: str) -> str:
    return address.replace("${", "").replace("}", "")


class Receivers:
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

    def build(
        self, entries: Iterable[Given], names: Names, escalations: Names
    ) -> Mapping[str, Receiver]:
        """The receivers by their names."""
        found = {}
        for given in entries:
            entry: Entry = given.value
            for key, known in (("escalate", escalations), ("fallback", names)):
                if key in entry:
                    known.check(entry.given[key], self._findings)
            name = entry.get("name", "")
            found[name] = Receiver(
                name, self._targets(entry), entry.get("escalate"), entry.get("fallback")
            )
        return found

    def _targets(self, entry: Entry) -> tuple[Target, ...]:
        targets: dict[str, Target] = {}
        for channel in CHANNELS:
            for given in entry.each(channel):
                self._check_account(channel, given.spot)
                for target, spot in self._of(channel, given.value):
                    if target.key in targets:
                        said = f"{channel}: {target.address} is told twice by this receiver"
                        self._findings.warn(spot, said)
                    targets.setdefault(target.key, target)
        return tuple(targets.values())

    def _check_account(self, channel: str, spot: Spot) -> None:
        if channel in _NEED_ACCOUNT and channel not in self._channels:
            said = f"{channel}: there is no account for it; declare it under channels: {channel}:"
            self._findings.error(spot, said)

    def _of(self, channel: str, entry: Entry) -> Iterable[tuple[Target, Spot]]:
        if channel == "email":
            if entry.sound and not entry.each("to"):
                self._findings.error(entry.spot_of("to"), "to: names nobody")
            for given in entry.each("to"):
                person = self._by_email.get(given.value.lower())
                yield Target("email", given.value, person), given.spot
        elif channel == "slack" and "channel" in entry:
            address = entry.get("channel")
            yield Target("slack", address, self._by_slack.get(address)), entry.spot
        elif channel == "pagerduty" and "routing_key" in entry:
            yield self._pagerduty(entry), entry.spot
        elif channel == "webhook" and "url" in entry:
            yield self._webhook(entry), entry.spot
        elif channel == CONSOLE:
            yield Target(CONSOLE, CONSOLE), entry.spot

    def _pagerduty(self, entry: Entry) -> Target:
        key: SecretText = entry.get("routing_key")
        self._secrets.keep(key)
        options = {"severity": entry.get("severity")} if "severity" in entry else {}
        if key.empty:
            options["provider"] = CONSOLE
            said = f"no {_variables(key.address)}: its events are shown on the console"
            self._findings.warn(entry.spot_of("routing_key"), said)
        return Target("pagerduty", key.address, options=options)

    def _webhook(self, entry: Entry) -> Target:
        url = entry.get("url")
        options = {"max_alerts": str(entry.get("max_alerts"))} if "max_alerts" in entry else {}
        bearer = secret_of(entry.given.get("bearer"))
        if bearer is not None:
            self._secrets.keep(bearer)
            options["bearer"] = bearer.address
        if not isinstance(url, SecretText):
            return Target("webhook", url, options=options)
        self._secrets.keep(url)
        if url.empty:
            options["provider"] = CONSOLE
            said = f"no {_variables(url.address)}: its messages are shown on the console"
            self._findings.warn(entry.spot_of("url"), said)
        return Target("webhook", url.address, options=options)


def shown_instead(
    channels: Mapping[str, ChannelSettings], receivers: Iterable[Receiver]
) -> dict[str, ChannelSettings]:
    """The channels, with those on the console all of whose targets lack their secret."""
    lacking: dict[str, list[bool]] = {}
    for receiver in receivers:
        for target in receiver.targets:
            shown = target.options.get("provider") == CONSOLE
            lacking.setdefault(target.channel, []).append(shown)
    return {
        name: ChannelSettings(name, {**one.options, "provider": CONSOLE}, one.secrets)
        if all(lacking.get(name, [False]))
        else one
        for name, one in channels.items()
    }
