"""Importers: other programs' configuration translated to routes.yaml."""
