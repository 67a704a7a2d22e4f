"""Endpoint about heartbeats."""

from gateway.flow.engine import Engine
from gateway.flow.heartbeats.heartbeats import HeartbeatView
from gateway.web.api_v1 import requests
from gateway.web.api_v1.models import heartbeats as models


async def list_heartbeats(
    engine: Engine, query: requests.NoQuery, *, trusted: bool = False
) -> models.Heartbeats:
    """List the heartbeats with their states, last pings and URLs."""
    views = await engine.heartbeats.views()
    return models.Heartbeats(heartbeats=[_model(one, trusted=trusted) for one in views])


def _model(view: HeartbeatView, *, trusted: bool) -> models.Heartbeat:
    state = view.state
    return models.Heartbeat.model_validate(
        {
            "name": view.heartbeat.name,
            "schedule": view.heartbeat.schedule,
            "status": view.status,
            "problems": sorted(state.alerts),
            "last_ping": state.last_ping,
            "due_at": view.due,
            "running_since": state.started_at,
            "last_duration": state.last_duration,
            "exit_status": state.exit_status,
            "url": view.url if trusted else None,
            "pings": [models.PastPing.model_validate(one) for one in state.pings],
        }
    )
