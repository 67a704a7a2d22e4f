"""`gateway check --links`: the links of the file and of rule files, followed."""

from collections.abc import Sequence
from pathlib import Path

from gateway.cli.support.output import echo
from gateway.config.load import Config
from gateway.config.source.alert_rules import AlertRule
from gateway.core.plan.link_checks import LinkCheckSettings, LinkResult, merge_positions


def check_file_links(
    loaded: Config, rules: Sequence[AlertRule], path: Path, now: float
) -> list[LinkResult]:
    """Follow all links that are known without a running gateway; return what came out."""
    # They import asyncio and aiohttp, which takes longer than all that `check` does otherwise.
    import asyncio

    from gateway.flow.link_checks.collect import links_of_alert, links_of_file
    from gateway.flow.link_checks.follow import check_links

    collected = [
        *links_of_file(loaded.plan, now, str(path)),
        *(
            link
            for rule in rules
            for link in links_of_alert(
                loaded.plan, rule.labels, rule.annotations, now, rule.position
            )
        ),
    ]
    settings = loaded.link_checks or LinkCheckSettings()
    return asyncio.run(check_links(merge_positions(collected), settings))


def print_unfilled(loaded: Config) -> None:
    """Print which links of the file need an alert of a rule file."""
    from gateway.flow.link_checks.collect import unfilled_links

    for title, missing in unfilled_links(loaded.plan):
        echo(f'  link "{title}" needs an alert of --rules to be followed: {missing}')
