"""Tests of gateway/web/alertmanager_api."""
