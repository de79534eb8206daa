# SPDX-License-Identifier: MIT
"""Expressions in targets, in which an attribute of a mapping may be a key of it."""

import ast


class AttributeOrItem(ast.NodeTransformer):
    """Turns every ``value.name`` into a call that also finds the item ``value["name"]`` of a mapping."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Replace one attribute, after those within it."""
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            return node
        function = ast.Name(id="__liaison_attribute__", ctx=ast.Load())
        return ast.copy_location(
            ast.Call(func=function, args=[node.value, ast.Constant(value=node.attr)], keywords=[]), node
        )
