"""`gateway check --links`: dead links are errors with their position."""

import asyncio
import json
from pathlib import Path

from tests.cli.console import gateway
from tests.fakes.wiki import wiki

ROUTES = """
severities: {critical: {rank: 1}}
runbooks: books
link_checks: {private_addresses: allow, timeout: 2s}
links:
  - {title: Wiki, url: "%s/wiki"}
  - {title: Logs, url: "%s/logs?s={{ labels.service }}"}
receivers: [{name: all}]
route: {receiver: all}
"""
RULES = """groups:
  - name: billing
    rules:
      - alert: DoubleCharge
        labels: {severity: critical, service: pay}
        annotations: {dashboard: "%s/gone"}
      - alert: RefundsSlow
        labels: {severity: critical}
        annotations: {runbook: no-such-book}
"""


async def test_dead_links_are_errors_with_file_and_line(tmp_path: Path) -> None:
    """Exit status 1; the position comes first, as for every problem."""
    async with wiki() as fake:
        fake.statuses["/gone"] = 404
        (tmp_path / "books").mkdir()
        (tmp_path / "books" / "double-charge.md").write_text(
            "# Double charge\n## Immediate\n[next](refunds.md) [web](https://x.example.com/a.md)\n"
        )
        file, rules = tmp_path / "routes.yaml", tmp_path / "rules.yml"
        file.write_text(ROUTES % (fake.url, fake.url))
        rules.write_text(RULES % fake.url)
        arguments = ("check", str(file), "--links", "--rules", str(rules))
        result = await asyncio.to_thread(gateway, *arguments)
        assert result.exit_code == 1
        assert f"error: {rules}:4: {fake.url}/gone: its server answers with status 404" in (
            result.stdout
        )
        assert f"{rules}:7: no-such-book: the folder books has no file of that name" in (
            result.stdout
        )
        assert "books/double-charge.md: refunds.md: there is no such runbook" in result.stdout
        assert "links: 2 work, 3 are dead, 0 are not known" in result.stdout
        answer = json.loads((await asyncio.to_thread(gateway, *arguments, "--json")).stdout)
        assert not answer["ok"]
        assert {one["state"] for one in answer["links"]} == {"ok", "dead"}
        fake.statuses.clear()
        fixed = await asyncio.to_thread(gateway, "check", str(file), "--links")
        assert "links: 1 work, 1 are dead" in fixed.stdout
        assert 'link "Logs" needs an alert of --rules to be followed' in fixed.stdout


async def test_without_the_option_nothing_is_followed(tmp_path: Path) -> None:
    """`gateway check` needs no network."""
    async with wiki() as fake:
        (tmp_path / "books").mkdir()
        file = tmp_path / "routes.yaml"
        file.write_text(ROUTES % (fake.url, fake.url))
        result = await asyncio.to_thread(gateway, "check", str(file))
        assert result.exit_code == 0
        assert fake.requests == []
