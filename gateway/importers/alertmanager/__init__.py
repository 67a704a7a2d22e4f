"""Import of an alertmanager.yml as a routes.yaml that behaves the same.

What Alertmanager accepts and refuses is known from its configuration documentation and its source
(`config/`, `timeinterval/`, prometheus/common's `config/http_config.go`), version 0.34.
"""
