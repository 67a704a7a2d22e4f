"""Context of a command: the environment, the clock, the settings, and routes.yaml."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import click

from gateway import clock
from gateway.cli.support.output import echo_error
from gateway.config.load import Config, ConfigError, load
from gateway.core.errors import GatewayError
from gateway.flow.calendars.offline import with_calendar_files
from gateway.settings import ServerSettings, SettingError, read_settings, with_secret_files

FAILED = 1
"""Exit status: the checked thing is bad, or the action failed."""


@dataclass(frozen=True, slots=True)
class CliContext:
    """The environment, secrets in files included, the clock, and how to wait for seconds.

    Tests put another one into click's context (``obj=``).
    """

    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    now: Callable[[], float] = clock.now
    pause: Callable[[float], object] = lambda seconds: Event().wait(seconds)

    def __post_init__(self) -> None:
        """Add the secrets in files. Raises click.UsageError if they cannot be read."""
        try:
            object.__setattr__(self, "env", with_secret_files(self.env))
        except SettingError as error:
            raise click.UsageError(str(error)) from None

    def settings(self) -> ServerSettings:
        """Return the settings GATEWAY_*. Raises click.UsageError naming an invalid one."""
        try:
            return read_settings(self.env)
        except SettingError as error:
            raise click.UsageError(str(error)) from None

    def config_path(self, option: Path | None) -> Path:
        """Return the path of routes.yaml: that of the option, else that of the setting."""
        return option or self.settings().config

    def templates_path(self, option: Path | None) -> Path:
        """Return the folder with the admin's own templates.

        Raises click.UsageError if the option names a folder that does not exist.
        """
        if option is not None and not option.is_dir():
            raise click.UsageError(f"--templates {option}: there is no such folder")
        return option or self.settings().templates

    def config(self, option: Path | None) -> Config:
        """Return the loaded routes.yaml, with the events of its calendar files.

        Raises CliError after printing all of its errors.
        """
        try:
            loaded = load(self.config_path(option), env=self.env)
        except ConfigError as error:
            for problem in error.problems:
                echo_error(f"error: {problem}")
            raise CliError("routes.yaml is invalid (see above); run `gateway check`") from None
        offline = with_calendar_files(loaded, self.now())
        for text in (*offline.errors, *offline.warnings, *offline.notes):
            echo_error(text)
        return offline.config


class CliError(GatewayError, click.ClickException):
    """The command failed. The message says why, and what to do."""

    exit_code = FAILED

    def show(self, file: object = None) -> None:
        """Print the message on standard error, in the form of all errors of the gateway."""
        echo_error(f"gateway: {self.format_message()}")


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
    help="Folder with your own templates.  [default: $GATEWAY_TEMPLATES, else templates]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
