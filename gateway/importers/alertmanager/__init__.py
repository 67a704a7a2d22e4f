"""Reads an alertmanager.yml and writes a routes.yaml that behaves the same, and says what is lost.

What Alertmanager takes and refuses is known from its configuration documentation and its source
(`config/`, `timeinterval/`, prometheus/common's `config/http_config.go`), version 0.34.
"""
