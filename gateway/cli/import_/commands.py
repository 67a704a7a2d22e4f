"""`gateway import`: a file of another program becomes a routes.yaml."""

import click

from gateway.cli.import_.alertmanager import command as alertmanager
from gateway.cli.import_.oncall import command as oncall


class ImportGroup(click.Group):
    """A group whose command is `alertmanager` unless another one is named."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name; any other word is a file of Alertmanager."""
        return super().get_command(ctx, cmd_name) or alertmanager

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; `gateway import FILE` is `gateway import alertmanager FILE`."""
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = [alertmanager.name or "", *args]
        return super().parse_args(ctx, args)


@click.group("import", cls=ImportGroup)
def command() -> None:
    """Make a routes.yaml of what another program has: Alertmanager, or an on-call product.

    \b
    gateway import alertmanager.yml --output routes.yaml --check
    gateway import oncall pagerduty.json --output routes.yaml

    Both list what has no counterpart, and compare the new file with the old program.
    """


command.add_command(alertmanager)
command.add_command(oncall)
