"""Generated pages of the documentation; ``python -m gateway.cli.reference`` writes them."""

from collections.abc import Iterator
from pathlib import Path

import click

from gateway.cli import main
from gateway.settings import SETTINGS

DOCS = Path(__file__).parents[2] / "docs"
_WIDTH = 96

_COMMANDS_HEAD = """\
# The command line

This page is generated from the program's own help.

- **`--json`**: every command that prints data prints it as JSON then, for programs. Times are
  RFC 3339 in UTC, durations are seconds.
- **Exit status**: 0 fine, 1 the checked thing is bad or the action failed, 2 wrong usage (a
  mistyped option, label, time or `GATEWAY_*` setting).
- **Data** goes to standard output, errors and warnings to standard error.
- **Colours** appear on a terminal only, and never if `NO_COLOR` is set. They only repeat what the
  words say.
- **Settings** come from the environment, see [settings](settings.md). Secrets are not printed.
- **`override`, `swap`, `feed`, `calendar`, `contact`, `incidents`, `ack`, `take`, `unack`,
  `silence` and `explain`** call a running gateway: at `--url`, else at `GATEWAY_LISTEN`, else at
  `GATEWAY_EXTERNAL_URL`, with `GATEWAY_API_TOKEN` if it is set. `oncall` reads the file if none
  answers; all other commands work without one.
"""
_SETTINGS_HEAD = """\
# Settings

Set the server's own settings as environment variables; [routes.yaml](routes-yaml.md) says what it
does with alerts. This page is generated from the program's own table and lists every setting. An
unknown variable that begins with `GATEWAY_` stops the program, and the error names the nearest
setting, so that you notice a typing mistake. The variables that Kubernetes sets for a service
named gateway, with its address, are ignored.

| setting | default | meaning |
| --- | --- | --- |
"""
_SETTINGS_TAIL = """
Settings marked *secret* never appear in logs, errors or answers. An empty value counts as unset.
`NO_COLOR`, when set to anything, turns colours off (no-color.org).
"""


NamedCommand = tuple[str, click.Command]
"""The full name, such as "silence add", and the command."""


def commands() -> Iterator[NamedCommand]:
    """Yield every command with its full name, in the order of the help; a group comes first."""
    with _root_context() as context:
        yield from _commands_of(main, context, "")


def _commands_of(group: click.Group, context: click.Context, prefix: str) -> Iterator[NamedCommand]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield prefix + name, command
        if isinstance(command, click.Group):
            yield from _commands_of(command, context, f"{prefix}{name} ")


def _root_context() -> click.Context:
    return click.Context(main, info_name="gateway", terminal_width=_WIDTH, **main.context_settings)


def commands_page() -> str:
    """Return the text of docs/command-line.md."""
    sections = [_COMMANDS_HEAD]
    with _root_context() as root:
        for name, command in commands():
            context = click.Context(command, info_name=name, parent=root)
            help_text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
            sections.append(f"## gateway {name}\n\n```text\n{help_text}\n```\n")
    return "\n".join(sections)


def settings_page() -> str:
    """Return the text of docs/settings.md."""
    rows = []
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else ""
        if " " in setting.default:
            default = setting.default
        secret = " *secret*" if setting.secret else ""
        text = setting.help.replace("|", "\\|")
        rows.append(f"| `{setting.name}`{secret} | {default} | {text} |\n")
    return _SETTINGS_HEAD + "".join(rows) + _SETTINGS_TAIL


PAGES = {"command-line.md": commands_page, "settings.md": settings_page}

if __name__ == "__main__":
    for file, page in PAGES.items():
        (DOCS / file).write_text(page(), encoding="utf-8")
