"""`gateway test`: tests of routes.yaml, before it is in force."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.support.context import (
    FAILED,
    CliContext,
    CliError,
    config_option,
    json_option,
    pass_context,
    templates_option,
)
from gateway.cli.support.output import echo, echo_error, echo_json
from gateway.cli.test.as_json import results_json
from gateway.cli.test.as_text import print_coverage, print_results
from gateway.cli.test.placeholders import WithPlaceholders, reading_secrets
from gateway.config.load import Config, ConfigError, load

if TYPE_CHECKING:
    from gateway.stories.story import TestFile


@click.command("test")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="FILE...")
@config_option
@templates_option
@click.option(
    "--junit",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write the results as JUnit XML, for continuous builds.",
)
@click.option("--coverage", "with_coverage", is_flag=True, help="Print what no test touched.")
@click.option("--init", is_flag=True, help="Print tests of what routes.yaml does today.")
@json_option
@pass_context
def command(
    context: CliContext,
    files: tuple[Path, ...],
    config: Path | None,
    templates: Path | None,
    junit: Path | None,
    *,
    with_coverage: bool,
    init: bool,
    as_json: bool,
) -> None:
    """Run tests of routes.yaml: where alerts go, and stories in virtual time.

    \b
    gateway test tests/*.yaml
    gateway test --init > tests/today.yaml
    gateway test --coverage tests/*.yaml

    Stories run the real decisions on a clock of their own; messages are recorded, not sent. A file
    names its routes.yaml by `routes:`; otherwise it is that of --config. Secrets need not be set.

    Exit status 1 if a test fails.
    """
    from gateway.stories.parallel import run_all
    from gateway.stories.run import Surroundings

    loader = partial(_load, context)
    if init:
        from gateway.stories.sample import write_sample

        path = context.config_path(config)
        echo(write_sample(_or_fail(loader, path), path.name).rstrip("\n"))
        return
    if not files:
        raise click.UsageError("name files with tests, or write some with --init")
    folders = (context.templates_path(templates),)
    results, plans, invalid = {}, {}, False
    for path in files:
        try:
            file, used = _tests(loader, path, context.config_path(config))
        except ConfigError as error:
            invalid = True
            for problem in error.masked():
                echo_error(f"error: {problem}")
            continue
        surroundings = Surroundings(used, loader, path.parent, folders)
        results[str(path)] = run_all(file.tests, surroundings)
        plans[str(path)] = used.plan
    if as_json:
        echo_json(results_json(results, plans, with_coverage=with_coverage))
    else:
        print_results(results, plans)
        if with_coverage:
            print_coverage(results, plans)
    if junit is not None:
        from gateway.stories.junit import junit_xml

        try:
            junit.write_bytes(junit_xml(results))
        except OSError as error:
            raise CliError(f"--junit {junit}: {error.strerror}") from None
    if invalid or not all(one.passed for tests in results.values() for one in tests):
        raise SystemExit(FAILED)


def _tests(
    loader: Callable[[Path], Config], path: Path, default: Path
) -> "tuple[TestFile, Config]":
    """Return the tests of a file, and the routes.yaml that they test. Raises ConfigError."""
    from gateway.stories.load import load_tests

    used: list[Config] = []

    def config_of(routes: Path | None) -> Config:
        used.append(loader(routes or default))
        return used[-1]

    return load_tests(path, config_of), used[-1]


def _load(context: CliContext, path: Path) -> Config:
    """Load a routes.yaml with placeholders for missing secrets. Raises ConfigError."""
    env = WithPlaceholders(context.env)
    return load(path, env=env, read_file=reading_secrets(path))


def _or_fail(loader: Callable[[Path], Config], path: Path) -> Config:
    try:
        return loader(path)
    except ConfigError as error:
        for problem in error.masked():
            echo_error(f"error: {problem}")
        raise CliError("routes.yaml is invalid (see above); run `gateway check`") from None
