"""The server's own settings: environment variables GATEWAY_*."""

from gateway.settings.parse import SettingError
from gateway.settings.read import read_settings
from gateway.settings.secret_files import with_secret_files
from gateway.settings.table import SETTINGS, TEST_PREFIXES
from gateway.settings.values import ServerSettings

__all__ = [
    "SETTINGS",
    "TEST_PREFIXES",
    "ServerSettings",
    "SettingError",
    "read_settings",
    "with_secret_files",
]
