"""The command line, `gateway COMMAND`: one file per command, imported when it is called."""

from importlib import import_module

import click

from gateway import __version__

COMMANDS = {
    "init": "gateway.cli.init",
    "serve": "gateway.cli.serve",
    "check": "gateway.cli.check.command",
    "route": "gateway.cli.route.command",
    "test": "gateway.cli.test.command",
    "simulate": "gateway.cli.simulate.command",
    "record": "gateway.cli.record.command",
    "oncall": "gateway.cli.oncall.command",
    "feed": "gateway.cli.feed",
    "calendar": "gateway.cli.calendar",
    "override": "gateway.cli.override.commands",
    "swap": "gateway.cli.swap.commands",
    "contact": "gateway.cli.contact",
    "source": "gateway.cli.source.commands",
    "incidents": "gateway.cli.incidents",
    "report": "gateway.cli.report.command",
    "verify": "gateway.cli.verify",
    "drill": "gateway.cli.drill.commands",
    "ack": "gateway.cli.respond.ack",
    "take": "gateway.cli.respond.ack:take",
    "unack": "gateway.cli.respond.ack:undo",
    "extend": "gateway.cli.respond.handover:extend",
    "handover": "gateway.cli.respond.handover",
    "decline": "gateway.cli.respond.handover:decline",
    "escalate": "gateway.cli.respond.call:escalate",
    "page": "gateway.cli.respond.call",
    "comment": "gateway.cli.respond.opinion",
    "resolve": "gateway.cli.respond.close",
    "reopen": "gateway.cli.respond.close:reopen",
    "snooze": "gateway.cli.respond.snooze",
    "unsnooze": "gateway.cli.respond.snooze:unsnooze",
    "merge": "gateway.cli.respond.relate",
    "unmerge": "gateway.cli.respond.relate:unmerge",
    "link": "gateway.cli.respond.relate:link",
    "unlink": "gateway.cli.respond.relate:unlink",
    "useful": "gateway.cli.respond.opinion:useful",
    "noise": "gateway.cli.respond.opinion:noise",
    "unrate": "gateway.cli.respond.opinion:unrate",
    "team": "gateway.cli.respond.opinion:team",
    "change": "gateway.cli.change",
    "followup": "gateway.cli.follow_up",
    "timeline": "gateway.cli.follow_up:timeline",
    "runbook": "gateway.cli.runbook",
    "silence": "gateway.cli.silence.commands",
    "explain": "gateway.cli.explain.command",
    "soundness": "gateway.cli.soundness.command",
    "render": "gateway.cli.render",
    "send-test": "gateway.cli.send_test",
    "import": "gateway.cli.import_.commands",
    "migrate": "gateway.cli.migrate",
    "doctor": "gateway.cli.doctor.command",
    "backup": "gateway.cli.backup",
    "restore": "gateway.cli.restore",
    "move": "gateway.cli.move",
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
