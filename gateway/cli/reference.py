"""Pages made from the program itself: ``python -m gateway.cli.reference`` writes them."""

from collections.abc import Iterator
from pathlib import Path

import click

from gateway.cli import main
from gateway.settings import SETTINGS

DOCS = Path(__file__).parents[2] / "docs"
_WIDTH = 96

_COMMANDS_HEAD = """\
# The command line

This page is made from the program's own help.

- **`--json`**: every command that prints data prints it as JSON then, for programs. Instants are
  RFC 3339 in UTC, durations are seconds.
- **Exit status**: 0 fine, 1 what was looked at is bad or could not be done, 2 wrong usage (a
  mistyped option, label, time or `GATEWAY_*` setting).
- **Data** goes to standard output, complaints to standard error.
- **Colours** appear on a terminal only, and not where `NO_COLOR` is set. They never say anything
  that the words do not.
- **Settings** come from the environment, see [settings](settings.md). Secrets are not printed.
- **`incidents`, `ack`, `take`, `unack`, `silence` and `explain`** ask a gateway that runs: at
  `--url`, else where `GATEWAY_LISTEN` says, else at `GATEWAY_EXTERNAL_URL`, with
  `GATEWAY_API_TOKEN` where it is set. All other commands need none.
"""
_SETTINGS_HEAD = """\
# Settings

The server's own settings are variables of the environment; what it does with alerts stands in
[routes.yaml](routes-yaml.md). This page is made from the program's own table: every setting is
here. One that begins with `GATEWAY_` and is not known stops the program with the nearest name, so
that a slip does not go unnoticed. What Kubernetes sets beside a service called gateway, its
address, is passed by.

| setting | default | meaning |
| --- | --- | --- |
"""
_SETTINGS_TAIL = """
Settings marked *secret* never show in logs, errors or answers. An empty value counts as unset.
`NO_COLOR`, when set to anything, turns colours off (no-color.org).
"""


Named = tuple[str, click.Command]


def commands() -> Iterator[Named]:
    """All commands by their names, in the order of the help; a group before its own."""
    with _above() as context:
        yield from _below(main, context, "")


def _below(group: click.Group, context: click.Context, before: str) -> Iterator[Named]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield before + name, command
        if isinstance(command, click.Group):
            yield from _below(command, context, f"{before}{name} ")


def _above() -> click.Context:
    return click.Context(main, info_name="gateway", terminal_width=_WIDTH, **main.context_settings)


def commands_page() -> str:
    """docs/command-line.md."""
    sections = [_COMMANDS_HEAD]
    with _above() as above:
        for name, command in commands():
            context = click.Context(command, info_name=name, parent=above)
            help_text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
            sections.append(f"## gateway {name}\n\n```text\n{help_text}\n```\n")
    return "\n".join(sections)


def settings_page() -> str:
    """docs/settings.md."""
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
