"""References ``${NAME}`` and ``${file:PATH}``: their values, and names of secrets.

``${NAME}`` is a variable of the environment, ``${file:PATH}`` the content of a mounted file without
its last line break. ``:-`` gives a default for a missing or empty value, as in the shell:
``${NAME:-}`` may be empty. ``$${`` is a plain ``${``. A dollar sign alone means itself, because
patterns end with it.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gateway.config.source.problem import ParseError, shorten
from gateway.core.plan.accounts import Secret
from gateway.core.text.nearest import nearest

MAX_SECRET_BYTES = 64 * 1024
"""Bytes of the file of a secret. A larger one is probably another file, and is refused."""

_REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
_BODY = re.compile(r"(?:([A-Za-z_][A-Za-z0-9_]*)|file:(.+?))(?:(:-)(.*))?", re.DOTALL)


class InvalidReferenceError(ParseError):
    """A reference that has no value."""


@dataclass(frozen=True, slots=True)
class SecretText:
    """A secret value with the name by which it may be stored and shown.

    `address` is the text of the file with its references and without their defaults, such as
    ``${PAGERDUTY_BILLING_KEY}``; where a part of the secret stands in the file itself, a short
    hash of that text.
    """

    address: str
    secret: Secret

    @property
    def empty(self) -> bool:
        """Whether the references gave nothing, as ``${NAME:-}`` may."""
        return not self.secret.reveal()


@dataclass(frozen=True, slots=True)
class References:
    """The environment and the files that references read."""

    env: Mapping[str, str]
    read_file: Callable[[Path], bytes]
    folder: Path  # what a relative ${file:PATH} is relative to
    _files: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    """Values of references so far, each with its reference, because errors may contain them."""

    def expand(self, text: str) -> str:
        """Return the text with its references replaced. Raises InvalidReferenceError."""
        return _REFERENCE.sub(self._value, text)

    def secret(self, text: str, *, public: bool = False) -> SecretText:
        """Return the text as a secret; `public` says that the rest of it is public.

        Raises InvalidReferenceError.
        """
        value = self.expand(text)
        bare = without_defaults(text)
        is_nameable = only_references(text) or (public and has_reference(text))
        return SecretText(bare if is_nameable else digest(bare), Secret(value))

    def _value(self, match: re.Match[str]) -> str:
        if match[0] == "$${":
            return "${"
        body = _BODY.fullmatch(match[1]) if match[2] else None
        if body is None:
            raise InvalidReferenceError(
                'what begins with "${" is not a reference: write ${NAME} or ${file:PATH}, '
                "and $${ for a plain ${"
            )
        name, path, has_default, default = body.groups()
        if path is not None:
            content = self._file(path, default if has_default else None)
            self.values[content] = f"${{file:{path}}}"
            return content
        value = self.env.get(name, "")
        if value:
            self.values[value] = f"${{{name}}}"
            return value
        if has_default:
            self.values[str(default)] = f"${{{name}}}"
            return str(default)
        if name in self.env:
            raise InvalidReferenceError(f"the environment variable {name} is set, but empty")
        raise InvalidReferenceError(
            f"the environment variable {name} is not set (${{{name}:-}} would allow that)",
            nearest(name, self.env),
        )

    def _file(self, path: str, default: str | None) -> str:
        if path in self._files:
            return self._files[path]
        try:
            content = self.read_file(self.folder / path)
        except (OSError, ValueError) as error:
            if default is not None and isinstance(error, FileNotFoundError):
                return default
            reason = getattr(error, "strerror", None) or "its path is not valid"
            raise InvalidReferenceError(
                f"the file {shorten(path)} cannot be read: {reason}"
            ) from None
        if len(content) > MAX_SECRET_BYTES:
            raise InvalidReferenceError(
                f"the file {shorten(path)} is larger than a secret may be (64 kB)"
            )
        try:
            value = content.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError:
            raise InvalidReferenceError(f"the file {shorten(path)} is not UTF-8 text") from None
        if not value and default is None:
            raise InvalidReferenceError(f"the file {shorten(path)} is empty")
        self._files[path] = value or str(default)
        return self._files[path]


def has_reference(text: str) -> bool:
    """Return whether the text has a reference."""
    return any(match[0] != "$${" for match in _REFERENCE.finditer(text))


def only_references(text: str) -> bool:
    """Return whether the text is made of references alone, so that it may be shown."""
    return has_reference(text) and not _REFERENCE.sub("", text)


def without_defaults(text: str) -> str:
    """Return the text without defaults: ``${NAME:-token}`` becomes ``${NAME}``.

    Defaults may be secrets, and a target must stay the same when its default is removed.
    """
    return _REFERENCE.sub(_bare, text)


def digest(text: str) -> str:
    """Return the name of a secret that stands in the file itself."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _bare(match: re.Match[str]) -> str:
    body = match[0].partition(":-")
    return body[0] + "}" if body[1] else match[0]
