"""The command line, `gateway COMMAND`: one file per command, imported when it is called."""

from importlib import import_module

import click

from gateway import __version__

COMMANDS = {
    "serve": "gateway.cli.serve",
    "check": "gateway.cli.check.command",
    "route": "gateway.cli.route.command",
    "oncall": "gateway.cli.oncall.command",
    "feed": "gateway.cli.feed",
    "calendar": "gateway.cli.calendar",
    "override": "gateway.cli.override.commands",
    "swap": "gateway.cli.swap.commands",
    "contact": "gateway.cli.contact",
    "source": "gateway.cli.source.commands",
    "incidents": "gateway.cli.incidents",
    "report": "gateway.cli.report.command",
    "ack": "gateway.cli.ack",
    "take": "gateway.cli.ack:take",
    "unack": "gateway.cli.ack:undo",
    "silence": "gateway.cli.silence.commands",
    "explain": "gateway.cli.explain",
    "render": "gateway.cli.render",
    "send-test": "gateway.cli.send_test",
    "import": "gateway.cli.import_.commands",
    "migrate": "gateway.cli.migrate",
}


class LazyGroup(click.Group):
    """A group that imports a command only when it is called, so that `check` starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command. Return None for an unknown name."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        file, _, name = module.partition(":")
        command: click.Command = getattr(import_module(file), name or "command")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="gateway %(version)s")
def main() -> None:
    """Alert routing and notification gateway."""
