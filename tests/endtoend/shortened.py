"""The shipped files with minutes and hours shortened to seconds."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

WINDOW = 8
"""Seconds of a rule's range here. A series that stops rising counts as healed this late;
shorter, and a machine that is busy for a moment would heal it."""

ABSENT = 10
"""Seconds before something that is absent fires: before its first scrape, all is absent."""

_WINDOW = re.compile(r"\[\d+[smhd]\]")


def rules(text: str, window: int = WINDOW) -> str:
    """Return a rule file with windows of `window` seconds and a `for:` of about a second."""
    content = yaml.safe_load(text)
    for group in content["groups"]:
        for rule in group["rules"]:
            rule["expr"] = _WINDOW.sub(f"[{window}s]", rule["expr"])
            if rule.get("for", "0m") != "0m":
                rule["for"] = f"{ABSENT}s" if "absent(" in rule["expr"] else "1s"
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)


def copy_rules(source: Path, target: Path, window: int = WINDOW) -> None:
    """Write shortened copies of all rule files of a folder into another."""
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted(source.glob("*.rules.yml")):
        (target / file.name).write_text(rules(file.read_text(), window))


def routes(
    text: str, wait: float, vendors: Mapping[str, str], more: Mapping[str, Any] | None = None
) -> str:
    """Return routes.yaml with the same people, receivers and routes, for a story of a minute.

    Groups notify at once, an escalation step waits for `wait` seconds, repeats stay unchanged. The
    channels' accounts are at the `vendors`' addresses. Ana and Cho are on call on every day. `more`
    are further sections, and further entries of mappings such as `sources`.
    """
    content: dict[str, Any] = yaml.safe_load(text)
    accounts = content["channels"]
    accounts["email"]["api_url"] = vendors["postmark"]
    accounts["slack"]["api_url"] = f"{vendors['slack']}/api/"
    accounts["pagerduty"] = {"api_url": vendors["pagerduty"]}
    content["route"] |= {"group_wait": "1s", "group_interval": "1s"}
    for steps in content["escalations"].values():
        for step in steps:
            if "wait" in step:
                step["wait"] = f"{wait:g}s"
    for rota, person in (("billing", "ana"), ("platform", "cho")):
        content["rotas"][rota]["layers"] = [{"members": [person], "start": "2020-01-01"}]
    for key, value in (more or {}).items():
        known = content.get(key)
        content[key] = {**known, **value} if isinstance(known, dict) else value
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)
