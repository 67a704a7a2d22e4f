"""Words: templates, escaping and budgets for each channel."""

from gateway.render.links import links_from
from gateway.render.words import Renderer

__all__ = ["Renderer", "links_from"]
