"""Accounts of channels, built from the parsed file."""

from collections.abc import Mapping

from gateway.config.build.providers import (
    check_library,
    check_provider,
    is_installed,
    provider_credential,
    provider_keys,
)
from gateway.config.build.target_options import option_text
from gateway.config.grammar.channels import GRAMMARS
from gateway.config.grammar.channels.common import CALLBACKS, SIGNING_SECRET, TYPE
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.grammar.secret_types import secret_of
from gateway.config.source.problem import Findings
from gateway.config.source.references import SecretText
from gateway.core.plan.accounts import ChannelSettings, Secret, SourceSettings
from gateway.core.plan.channels import CHANNELS, ChannelSpec

CONSOLE = "console"
PROXY_CONNECTS = (
    "proxy: private_addresses: refuse cannot be kept, because the proxy connects and not "
    "the gateway; refuse them in the proxy, and remove one of the two here"
)
LARGEST_CALLBACK = 256 * 1024
"""Bytes of a body that a vendor posts back; Postmark's bounces are a few kilobytes."""

LACKS = "lacks"
"""The option of a channel whose token is empty: the variables or files that should give it."""


class Secrets(dict[str, Secret]):
    """All secrets of the file by the names under which they may be stored and shown."""

    def add(self, secret_text: SecretText | None) -> Secret | None:
        """Add a secret, and return it."""
        if secret_text is None:
            return None
        self[secret_text.address] = secret_text.secret
        return secret_text.secret


def secret_list(entry: ParsedSection, key: str, secrets: Secrets) -> tuple[Secret, ...]:
    """Return the secrets of a list, without empty ones."""
    secret_values = (secrets.add(secret_of(item)) for item in entry.list_of(key))
    return tuple(one for one in secret_values if one is not None)


def basic_list(entry: ParsedSection, secrets: Secrets) -> tuple[tuple[str, Secret], ...]:
    """Return names and passwords, without those whose password is empty."""
    return tuple(
        (one.value.get("username", ""), password)
        for one in entry.list_of("basic")
        if (password := secrets.add(secret_of(one.value.fields.get("password"))))
    )


def channels(
    entry: ParsedSection | None, secrets: Secrets, findings: Findings
) -> dict[str, ChannelSettings]:
    """Return the accounts by name, those of one channel together.

    `LACKS` marks those whose token comes from references that are empty.
    """
    settings = {}
    declared = {} if entry is None else entry.fields
    for spec in CHANNELS.values():
        if spec.name not in declared and not spec.needs_account and is_installed(spec):
            settings[spec.name] = ChannelSettings(spec.name)
        for name, item in declared.items():
            if item.value.get(TYPE, name) == spec.name:
                settings[name] = _account(name, spec, item.value, secrets, findings)
    return settings


def _account(
    name: str, spec: ChannelSpec, entry: ParsedSection, secrets: Secrets, findings: Findings
) -> ChannelSettings:
    options: dict[str, str] = {}
    secret_options: dict[str, Secret] = {}
    for key, item in entry.fields.items():
        if key in (TYPE, CALLBACKS):
            continue
        if key == GRAMMARS[spec.name].named:
            for one in item.value.values():
                secrets.add(secret_of(one))
            continue
        if isinstance(item.value, SecretText):
            secret = secrets.add(secret_of(item))
            if secret is not None:
                secret_options[key] = secret
        elif key == "proxy":
            # Beside those with a password, so that a channel finds all proxies together.
            secret_options[key] = Secret(item.value)
        else:
            options[key] = option_text(item.value)
    check_library(spec, entry, findings)
    if "proxy" in secret_options and options.get("private_addresses") == "refuse":
        findings.error(entry.position_of("proxy"), PROXY_CONNECTS)
    if spec.needs_account and options.get("provider") != CONSOLE and entry.valid:
        _check_account(name, spec, entry, secret_options, findings)
        credential = credential_key(spec, entry)
        if credential in entry and credential not in secret_options:
            options[LACKS] = _variables_of(entry, credential)
    callbacks = _callbacks(name, entry.get(CALLBACKS), secrets, findings)
    only_posts = spec.posting_key in entry
    return ChannelSettings(name, options, secret_options, spec.name, callbacks, only_posts)


def credential_key(spec: ChannelSpec, entry: ParsedSection) -> str:
    """Return the key of the credential that an account is declared with."""
    if spec.posting_key in entry:
        return spec.posting_key
    return provider_credential(spec, entry)


def _callbacks(
    name: str, entry: ParsedSection | None, secrets: Secrets, findings: Findings
) -> SourceSettings | None:
    """Return the credentials of what a vendor posts back, None without any."""
    if entry is None:
        return None
    settings = SourceSettings(
        name,
        CALLBACKS,
        bearer=secret_list(entry, "bearer", secrets),
        basic=basic_list(entry, secrets),
        hmac=secret_list(entry, SIGNING_SECRET, secrets),
        max_bytes=LARGEST_CALLBACK,
    )
    if not settings.open:
        return settings
    if entry.valid:
        message = "callbacks: has no credentials, so everything that is posted back is refused"
        findings.warn(entry.position, message)
    return None


def _check_account(
    name: str,
    spec: ChannelSpec,
    entry: ParsedSection,
    secret_options: Mapping[str, Secret],
    findings: Findings,
) -> None:
    """Note the keys that an account lacks: those it needs, and with a token the recommended."""
    grammar, keys = GRAMMARS[spec.name], provider_keys(spec, entry)
    credential = provider_credential(spec, entry)
    if spec.posting_key in entry:
        for key in (credential, *grammar.token_only):
            if key in entry:
                message = f"{key}: it has no meaning beside {spec.posting_key}; remove one of them"
                findings.error(entry.position_of(key), message)
    elif entry.lacks(credential) and not keys.optional:
        other = f'or "{spec.posting_key}"; ' if spec.posting_key else ""
        message = f'{name} channel: "{credential}" is missing ({other}provider: console needs none)'
        findings.error(entry.position, message)
    elif credential in secret_options:
        for key, message in grammar.recommended.items():
            if grammar.instead.get(key, "") in entry or (key == CALLBACKS and key in entry):
                continue
            if key not in secret_options:
                findings.warn(entry.position, message)
    for key in grammar.required:
        if entry.lacks(key):
            findings.error(entry.position, f'{name} channel: "{key}" is missing')
    check_provider(name, spec, entry, findings)


def _variables_of(entry: ParsedSection, key: str) -> str:
    """Return the names of the variables or files that a secret would come from."""
    return variables(entry.fields[key].value.address)


def variables(address: str) -> str:
    """Return the names of the variables or files in an address."""
    return address.replace("${", "").replace("}", "")
