"""Changes to a parsed template before compilation: step counting and constants."""

from collections import Counter
from typing import TypeVar

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from gateway.render.jinja.budget import CHARACTERS_PER_STEP

CHARGE = "steps taken"
CONCAT = "texts joined"
"""Filters that only the rewritten tree can use: no template can write a name with a space."""

_Body = TypeVar("_Body", nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block, nodes.Template)


def rewrite(tree: nodes.Template) -> nodes.Template:
    """Return the same template with step counting and inlined constants."""
    _Constants(tree).visit(tree)
    _Bound().visit(tree)
    return tree


class _Bound(NodeTransformer):
    """Adds a charge to everything that can repeat, and makes ``a ~ b`` a bounded call."""

    def __init__(self) -> None:
        self._written = 0  # characters of the template visited so far

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Node:
        self._written += len(node.data)
        return node

    def visit_For(self, node: nodes.For) -> nodes.Node:
        return self._charge(node)

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:
        return self._charge(node)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:
        return self._charge(node)

    def visit_Block(self, node: nodes.Block) -> nodes.Node:
        return self._charge(node)

    def visit_Template(self, node: nodes.Template) -> nodes.Node:
        return self._charge(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(parts, CONCAT, [], [], None, None, lineno=node.lineno)

    def _charge(self, node: _Body) -> _Body:
        before = self._written
        self.generic_visit(node)
        written = self._written - before
        steps = nodes.Const(1 + written // CHARACTERS_PER_STEP, lineno=node.lineno)
        pay = nodes.Filter(steps, CHARGE, [], [], None, None, lineno=node.lineno)
        node.body.insert(0, nodes.ExprStmt(pay, lineno=node.lineno))
        return node


class _Constants(NodeTransformer):
    """Inlines ``{% set x = "text" %}`` where x is used, so that styles cost nothing at run time.

    Only names that are set once in the whole template, at its top, by an expression of constants.
    """

    def __init__(self, tree: nodes.Template) -> None:
        stored = Counter(name.name for name in tree.find_all(nodes.Name) if name.ctx != "load")
        self._once = {name for name, times in stored.items() if times == 1}
        self._top = {id(node) for node in tree.body}
        self._known: dict[str, object] = {}

    def visit_Assign(self, node: nodes.Assign) -> nodes.Node:
        self.generic_visit(node)
        target = node.target
        if id(node) in self._top and isinstance(target, nodes.Name) and target.name in self._once:
            parts = node.node.nodes if isinstance(node.node, nodes.Concat) else [node.node]
            texts = [part.value for part in parts if isinstance(part, nodes.Const)]
            if len(texts) == len(parts) and all(type(text) is str for text in texts):
                self._known[target.name] = "".join(texts)
        return node

    def visit_Name(self, node: nodes.Name) -> nodes.Node:
        if node.ctx == "load" and node.name in self._known:
            return nodes.Const(self._known[node.name], lineno=node.lineno)
        return node
