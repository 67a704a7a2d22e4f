"""What every command stands on: the environment, the clock, settings, and routes.yaml."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from gateway import clock
from gateway.cli.support.output import complain
from gateway.config.load import Config, ConfigError, load
from gateway.settings import ServerSettings, SettingError, read_settings

BAD = 1
"""Exit status: the thing that was looked at is bad, or what was asked for could not be done."""


@dataclass(frozen=True, slots=True)
class CliContext:
    """The outside. Tests put another one into click's context (``obj=``)."""

    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    now: Callable[[], float] = clock.now

    def settings(self) -> ServerSettings:
        """The settings GATEWAY_*. Raises click.UsageError naming the one that makes no sense."""
        try:
            return read_settings(self.env)
        except SettingError as error:
            raise click.UsageError(str(error)) from None

    def file(self, given: Path | None) -> Path:
        """The file with routes: the option, else the setting."""
        return given or self.settings().config

    def folder(self, given: Path | None) -> Path:
        """The folder with the admin's own templates. A named one that is missing is an error."""
        if given is not None and not given.is_dir():
            raise click.UsageError(f"--templates {given}: there is no such folder")
        return given or self.settings().templates

    def config(self, given: Path | None) -> Config:
        """The configuration of that file; its faults are printed, and end the command."""
        try:
            return load(self.file(given), env=self.env)
        except ConfigError as error:
            for problem in error.problems:
                complain(f"error: {problem}")
            raise CliError(
                "routes.yaml has faults (see above): `gateway check` tells more"
            ) from None


class CliError(click.ClickException):
    """The command cannot go on; the message says why, and what to do."""

    exit_code = BAD

    def show(self, file: object = None) -> None:
        """Print it, as all of the gateway's complaints: in small letters, to standard error."""
        complain(f"gateway: {self.format_message()}")


pass_context = click.make_pass_decorator(CliContext, ensure=True)
config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file with routes.  [default: $GATEWAY_CONFIG, else routes.yaml]",
)
templates_option = click.option(
    "--templates",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder with own templates.  [default: $GATEWAY_TEMPLATES, else templates]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
