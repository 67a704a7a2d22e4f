"""The e-mail accounts of the new file: one for each SMTP server, login and sender."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.config.grammar.channels.email_smtp import (
    CA_FILE,
    DEFAULT_PORTS,
    HELLO,
    HOST,
    IMPLICIT,
    NO_TLS,
    PASSWORD,
    PORT,
    SMTP_FIELDS,
    STARTTLS,
    TLS,
    USERNAME,
)
from gateway.config.grammar.field_types import Text
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.grammar.values import SENDER
from gateway.core.plan.accounts import Secret
from gateway.core.plan.channels import EMAIL
from gateway.core.urls.hosts import is_loopback
from gateway.importers.alertmanager.read.rules import is_set, join_keys
from gateway.importers.alertmanager.write.account_names import free_name
from gateway.importers.alertmanager.write.notes import Notes
from gateway.importers.alertmanager.write.receiver_context import PLACEHOLDER, ReceiverContext
from gateway.importers.emit import Block, Remark, escape_references

_PORT_NAMES = {"smtp": "25", "submission": "587", "submissions": "465", "smtps": "465"}
_PASSWORDS = ("auth_password", "auth_password_file", "auth_secret", "auth_secret_file")
_TYPES = {one.name: one.field_type for one in SMTP_FIELDS}


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How one integration sends: its own keys, else the global ones."""

    entry: ParsedSection
    general: ParsedSection

    def owner(self, key: str) -> tuple[ParsedSection, str]:
        """Return the section that decides about a key, and the key there."""
        return (self.entry, key) if is_set(self.entry, key) else (self.general, f"smtp_{key}")

    def get(self, key: str, default: Any = "") -> Any:
        """Return the value of a key."""
        section, name = self.owner(key)
        return section.get(name, default)

    @property
    def password_key(self) -> str:
        """Return the key that holds the password, or names its file; empty without one."""
        for section, prefix in ((self.entry, ""), (self.general, "smtp_")):
            for key in _PASSWORDS:
                if is_set(section, f"{prefix}{key}"):
                    return key
        return ""

    @property
    def host(self) -> str:
        """Return the host; an empty one is this machine, as in Go."""
        return str(self.get("smarthost")).rpartition(":")[0].strip("[]") or "localhost"

    @property
    def port(self) -> str:
        """Return the port as a number, if it is one or has a well-known name."""
        port = str(self.get("smarthost")).rpartition(":")[2]
        return _PORT_NAMES.get(port, port)

    @property
    def tls(self) -> str:
        """Return how the connection is encrypted here.

        A password is never sent readably, which Alertmanager may do (`require_tls: false`).
        """
        if self.get("force_implicit_tls", self.port == "465"):
            return IMPLICIT
        if self.get("require_tls", True) or self.sends_password_readably:
            return STARTTLS
        return NO_TLS

    @property
    def sends_password_readably(self) -> bool:
        """Return whether Alertmanager would, by `require_tls: false`."""
        readable = not self.get("require_tls", True) and not is_loopback(self.host)
        return readable and bool(self.get("auth_username"))

    @property
    def identity(self) -> tuple[object, ...]:
        """Return what is equal for integrations of one account. It may hold a secret."""
        password = self.get(self.password_key) if self.password_key else ""
        value = password.reveal() if isinstance(password, Secret) else f"file {password}"
        names = ("smarthost", "from", "hello", "auth_username")
        return (*map(self.get, names), value, self.tls)


class MailAccounts:
    """The names of the accounts, by how the integrations of an alertmanager.yml send."""

    def __init__(self, file: ParsedSection) -> None:
        self._general: ParsedSection = file.get("global") or ParsedSection(file.position, {})
        self.accounts: dict[str, MailSettings] = {}
        self._names: dict[tuple[object, ...], str] = {}
        configs = [
            (MailSettings(one.value, self._general), item.value.get("name", ""))
            for item in file.list_of("receivers")
            for one in item.value.list_of("email_configs")
        ]
        plain = MailSettings(ParsedSection(file.position, {}), self._general).identity
        # The global one first: it gets the name that needs no `account:` at the targets.
        configs.sort(key=lambda one: one[0].identity != plain)
        for settings, receiver in configs:
            if settings.identity not in self._names:
                name = free_name(EMAIL.name, receiver, self.accounts)
                self._names[settings.identity] = name
                self.accounts[name] = settings

    def name_of(self, entry: ParsedSection) -> str:
        """Return the account of an integration."""
        return self._names[MailSettings(entry, self._general).identity]

    def blocks(self, notes: Notes) -> Iterator[tuple[str, Block]]:
        """Yield the accounts by name."""
        for name, settings in self.accounts.items():
            block = Block() if name == EMAIL.name else Block([("type", EMAIL.name)])
            _add_server(name, settings, block, notes)
            _add_login(name, settings, block, notes)
            _add_sender(name, settings, block, notes)
            block.entries += _remarks(settings, notes)
            yield name, block


def _add_server(name: str, settings: MailSettings, block: Block, notes: Notes) -> None:
    block.add("provider", "smtp")
    section, key = settings.owner("smarthost")
    host, port = settings.host, settings.port
    if _is_valid(HOST, host):
        block.add(HOST, escape_references(host))
    else:
        meaning = f"the SMTP server that is {key} here"
        position = section.position_of(key)
        block.add(HOST, notes.variable(f"{name}_HOST", meaning, position, "smtp.example.com"))
    if not port.isdecimal():
        meaning = f"the number of the port that is {port} here"
        position = section.position_of(key)
        block.add(PORT, notes.variable(f"{name}_PORT", meaning, position, "587"))
    elif int(port) != DEFAULT_PORTS[settings.tls]:
        block.add(PORT, int(port))
    if settings.tls != STARTTLS:
        block.add(TLS, settings.tls)
    hello = settings.get("hello")
    if hello and hello != "localhost" and _is_valid(HELLO, hello):
        block.add(HELLO, escape_references(hello))


def _is_valid(key: str, text: str) -> bool:
    field_type = _TYPES[key]
    assert isinstance(field_type, Text)
    try:
        field_type.parse(text)
    except ValueError:
        return False
    return True


def _add_login(name: str, settings: MailSettings, block: Block, notes: Notes) -> None:
    username = settings.get("auth_username")
    if not username:
        return
    block.add(USERNAME, escape_references(username))
    variable = "SMTP_PASSWORD" if name == EMAIL.name else f"SMTP_{name}_PASSWORD"
    key = settings.password_key
    section, own = settings.owner(key)
    value = section.get(own) if key else None
    if isinstance(value, Secret):
        meaning, position = f"the password of {username}, {own} here", section.position_of(own)
        block.add(PASSWORD, notes.variable(variable, meaning, position, PLACEHOLDER, value))
    elif value is not None:
        context = ReceiverContext("", settings.general, notes)
        block.add(PASSWORD, context.file(variable, section, own, PLACEHOLDER))
    else:
        meaning = f"the password of {username}"
        block.add(PASSWORD, notes.variable(variable, meaning, None, PLACEHOLDER))


def _add_sender(name: str, settings: MailSettings, block: Block, notes: Notes) -> None:
    section, key = settings.owner("from")
    sender = settings.get("from")
    try:
        SENDER.parse(sender)
        block.add("from", escape_references(sender))
    except ValueError:
        meaning = f"the sender of mail; {key} is not a fixed address"
        position = section.position_of(key)
        block.add("from", notes.variable(f"{name}_FROM", meaning, position, "alerts@example.com"))


def _remarks(settings: MailSettings, notes: Notes) -> Iterator[Remark]:
    """Note what of an account has no counterpart, or is done differently."""
    if settings.sends_password_readably:
        section, key = settings.owner("require_tls")
        message = f"{key}: a password is never sent readably here: STARTTLS is required"
        yield notes.add_difference(section.position_of(key), message)
    if settings.password_key and not settings.get("auth_username"):
        section, key = settings.owner(settings.password_key)
        message = f"{key}: has no user name beside it, so nobody logs in, as in Alertmanager"
        yield notes.add_lost(section.position_of(key), message)
    elif settings.password_key.startswith("auth_secret"):
        section, key = settings.owner(settings.password_key)
        message = f"{key}: is the password here, whichever way the server asks for it"
        yield notes.add_difference(section.position_of(key), message)
    section, key = settings.owner("auth_identity")
    if is_set(section, key):
        yield notes.add_lost(section.position_of(key), f"{key}: the login has one name here")
    section, key = settings.owner("tls_config")
    config: ParsedSection | None = section.get(key)
    if config is None:
        return
    if is_set(config, "ca_file"):
        message = f"{key}: ca_file: copy the file here, and write `{CA_FILE}: PATH` at this account"
        yield notes.add_lost(config.position_of("ca_file"), message)
    others = [
        one for one in config.fields if one != "ca_file" and config.get(one) not in ("", False)
    ]
    if others:
        message = f"{key}: {join_keys(others)}: the server's certificate is always checked, by name"
        yield notes.add_lost(config.position_of(others[0]), message)
