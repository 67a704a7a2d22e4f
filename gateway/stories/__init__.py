"""Tests of routes.yaml: where alerts go, and stories in virtual time."""
