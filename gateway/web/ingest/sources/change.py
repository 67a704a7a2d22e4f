"""Deployments and other changes: GitHub's deployment events, or a plain object.

A post makes no alerts. Its changes are shown on the incidents that begin after them.
"""

from typing import Any

from gateway.core.actor import Actor, ActorKind
from gateway.core.incidents.system_change import SystemChange
from gateway.core.text.escape import one_line
from gateway.core.text.json_values import text_of
from gateway.flow.system_changes.system_changes import (
    ChangeRefusedError,
    NewChange,
    checked,
)
from gateway.web.ingest.sources import fields
from gateway.web.ingest.sources.body import read_json
from gateway.web.ingest.sources.parsed import BadAlert, BodyError, Parsed, Post

EVENT = "X-GitHub-Event"

RUNNING = frozenset({"pending", "queued", "in_progress", "waiting"})
"""States of a deployment that is not over: the change is its beginning."""

OVER = frozenset({"success", "failure", "error"})
"""States at which it ended: the change is then its end."""

LONGEST_SHOWN = 120
"""Characters of a reference, a repository or an environment in a title. GitHub allows more."""

MOST_CHANGES = 100
"""Changes in one post."""

Content = dict[str, Any]


def parse(post: Post) -> Parsed:
    """Parse one post. Raise BodyError."""
    content, _ = read_json(post.body)
    event = post.headers.get(EVENT)
    if not isinstance(content, dict):
        raise BodyError(422, f"the body must be an object, not {fields.kind_of(content)}")
    parsed = Parsed()
    try:
        if event is not None:
            parsed.ignored = _read_github(event, content, post, parsed.changes)
        else:
            _read_plain(content, post, parsed.changes)
    except (ChangeRefusedError, fields.FieldError) as error:
        fault = BadAlert(None, error.field, str(error))
        raise BodyError(422, f"the change is refused: {error}", [fault]) from None
    return parsed


def _read_plain(content: Content, post: Post, changes: list[SystemChange]) -> None:
    """Read one change, or a list under `changes`."""
    several = content.get("changes", [content])
    if not isinstance(several, list) or len(several) > MOST_CHANGES:
        raise fields.FieldError("changes", f"must be a list of at most {MOST_CHANGES} changes")
    for one in several:
        if not isinstance(one, dict):
            raise fields.FieldError("changes", f"must be objects, not {fields.kind_of(one)}")
        labels = one.get("labels") or {}
        if not isinstance(labels, dict):
            raise fields.FieldError("labels", f"must be an object, not {fields.kind_of(labels)}")
        new = NewChange(
            title=text_of(one.get("title")),
            at=_instant("at", one.get("at")),
            link=text_of(one.get("link")),
            labels={name: text_of(value) for name, value in labels.items()},
            status=text_of(one.get("status")),
            key=text_of(one.get("key")),
        )
        changes.append(_change(new, text_of(one.get("by")) or post.source.name, post))


def _read_github(event: str, content: Content, post: Post, changes: list[SystemChange]) -> str:
    """Read an event of GitHub; return why it is about no change, empty if it is."""
    if event not in ("deployment", "deployment_status"):
        return "an event that is not about a deployment"
    deployment = _object(content, "deployment")
    number = text_of(deployment.get("id"))
    if not number:
        raise fields.FieldError("deployment.id", "missing: it identifies the deployment")
    status: Content = _object(content, "deployment_status") if event.endswith("status") else {}
    state = text_of(status.get("state"))
    if status and state not in RUNNING | OVER:
        return "a state that is neither the beginning nor the end of a deployment"
    repository = _object(content, "repository")
    name = text_of(repository.get("full_name"))[:LONGEST_SHOWN]
    environment = text_of(deployment.get("environment"))[:LONGEST_SHOWN]
    what = text_of(deployment.get("ref")) or text_of(deployment.get("sha"))
    at = _instant("created_at", (status if state in OVER else deployment).get("created_at"))
    links = (status.get("log_url"), status.get("target_url"), repository.get("html_url"))
    new = NewChange(
        title=f"{name} {what[:LONGEST_SHOWN]} to {environment or 'an environment'}"[:200],
        at=at if at is None else min(at, post.now),
        link=next((text for one in links if (text := text_of(one)).startswith("http")), ""),
        labels={"repository": name, "environment": environment},
        status=state or "created",
        key=f"github:{number}",
    )
    creator = deployment.get("creator")
    by = text_of(creator.get("login")) if isinstance(creator, dict) else ""
    changes.append(_change(new, by or post.source.name, post))
    return ""


def _change(new: NewChange, by: str, post: Post) -> SystemChange:
    """Return the change with the labels of the source, and a key of its own. Raises."""
    source = post.source
    labels = {**source.labels, **{name: value for name, value in new.labels.items() if value}}
    key = f"{source.name}:{new.key}" if new.key else ""
    actor = Actor(ActorKind.VENDOR, one_line(by, 80), source.name, verified=not source.open)
    return checked(NewChange(new.title, new.at, new.link, labels, new.status, key), actor, post.now)


def _object(content: Content, name: str) -> Content:
    value = content.get(name)
    if not isinstance(value, dict):
        raise fields.FieldError(name, f"must be an object, not {fields.kind_of(value)}")
    return value


def _instant(field: str, value: object) -> float | None:
    """Return the Unix seconds of a time of RFC 3339, None without one. Raises FieldError."""
    if value is None or value == "":
        return None
    try:
        seconds = fields.instant(value) if isinstance(value, str) else None
    except ValueError:
        seconds = None
    if seconds is None:
        raise fields.FieldError(field, "must be a time such as 2026-11-20T09:00:00Z")
    return seconds
