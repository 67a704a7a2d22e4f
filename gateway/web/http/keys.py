"""What handlers find in the application, by typed keys."""

from aiohttp import web

from gateway.flow.engine import Engine
from gateway.settings import ServerSettings

ENGINE: web.AppKey[Engine] = web.AppKey("gateway.engine", Engine)
SETTINGS: web.AppKey[ServerSettings] = web.AppKey("gateway.settings", ServerSettings)
