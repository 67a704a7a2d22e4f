"""Answers of Prometheus as lines of reports. A failing query is a line that says so."""

import asyncio
import math
from collections.abc import Sequence
from typing import Any

import aiohttp
import orjson

from gateway.channels.support.client import HttpClient
from gateway.channels.support.connection_errors import connection_failure
from gateway.core.errors import GatewayError
from gateway.core.plan.prometheus import RANGE, PrometheusQuery, PrometheusSettings
from gateway.core.plan.report_settings import ReportSection
from gateway.core.text.escape import one_line
from gateway.core.time.spans import Span
from gateway.core.urls.web_url import web_url
from gateway.flow.reports.values import objective_of, value_text

PATH = "/api/v1/query"

AT_ONCE = 4
"""Queries at the same time. Prometheus runs 20 by default (query.max-concurrency)."""

PATIENCE = 60.0
"""Seconds for all queries of one report. It waits for no more, because people wait for it."""

Line = dict[str, Any]


class QueryError(GatewayError):
    """A query without an answer. Its text is shown in the report and never holds the URL."""


async def report_lines(
    settings: PrometheusSettings | None, sections: Sequence[ReportSection], span: Span
) -> list[dict[str, Any]]:
    """Return the sections of a report with their lines, as JSON values. Never raises."""
    if settings is None or not sections:
        return []
    client = HttpClient(
        AT_ONCE,
        proxy=settings.proxy,
        public_only=not settings.private_addresses,
        total_timeout=settings.timeout,
    )
    slots = asyncio.Semaphore(AT_ONCE)
    deadline = asyncio.get_running_loop().time() + PATIENCE

    async def line(name: str) -> Line:
        query = settings.queries[name]
        async with slots:
            return await _line(client, settings, query, span, deadline)

    try:
        return [
            {
                "heading": section.heading,
                "lines": await asyncio.gather(*map(line, section.queries)),
            }
            for section in sections
        ]
    finally:
        await client.close()


async def _line(
    client: HttpClient,
    settings: PrometheusSettings,
    query: PrometheusQuery,
    span: Span,
    deadline: float,
) -> Line:
    result: Line = {"title": query.title, "objective": objective_of(query), "error": ""}
    try:
        async with asyncio.timeout_at(deadline):
            value = await _ask(client, settings, query, span)
    except TimeoutError:
        return result | {"error": "no answer in time", "value": "", "ok": None}
    except QueryError as error:
        return result | {"error": str(error), "value": "", "ok": None}
    except (aiohttp.ClientError, OSError) as error:
        return result | {"error": connection_failure(error).detail, "value": "", "ok": None}
    below = query.at_least is not None and value < query.at_least
    above = query.at_most is not None and value > query.at_most
    judged = query.at_least is not None or query.at_most is not None
    return result | {
        "value": value_text(value, query.unit),
        "number": value,
        "ok": not (below or above) if judged else None,
    }


async def _ask(
    client: HttpClient, settings: PrometheusSettings, query: PrometheusQuery, span: Span
) -> float:
    """Return the number that a query has at the end of the span. Raises QueryError."""
    url = web_url(settings.url.reveal())
    auth = None
    if url.username is not None:
        auth = aiohttp.BasicAuth(url.username, url.password or "")
    headers = {"Authorization": f"Bearer {settings.bearer.reveal()}"} if settings.bearer else None
    length = f"{max(1, round(span.end - span.start))}s"
    form = {"query": query.query.replace(RANGE, length), "time": f"{span.end:.3f}"}
    async with client.session.post(
        url.text.rstrip("/") + PATH, data=form, headers=headers, auth=auth
    ) as answer:
        body = await answer.read()
        status = answer.status
    return number_of(status, body)


def number_of(status: int, body: bytes) -> float:
    """Return the one number of an answer. Raises QueryError with what is wrong."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        answer = None
    if not isinstance(answer, dict) or "status" not in answer:
        raise QueryError(f"status {status}, and no answer of a Prometheus: check prometheus: url")
    if answer["status"] != "success":
        raise QueryError(one_line(f"refused: {answer.get('error')}", 150))
    try:
        data = answer["data"]
        result, kind = data["result"], data["resultType"]
        if kind == "vector" and not result:
            raise QueryError("no data")
        if kind == "vector" and len(result) > 1:
            raise QueryError(f"{len(result)} series instead of one: write sum(…) around the query")
        sample = result[0]["value"] if kind == "vector" else result
        value = float(sample[1])
    except (KeyError, TypeError, IndexError, ValueError):
        raise QueryError("the answer is no number: a query has one number as its answer") from None
    if not math.isfinite(value):
        raise QueryError("no data")
    return value
