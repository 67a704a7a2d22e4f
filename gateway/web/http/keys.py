"""Typed keys of the objects that handlers read from the application."""

from aiohttp import web

from gateway.flow.engine import Engine
from gateway.settings import ServerSettings

ENGINE: web.AppKey[Engine] = web.AppKey("gateway.engine", Engine)
SETTINGS: web.AppKey[ServerSettings] = web.AppKey("gateway.settings", ServerSettings)
