"""Django's tags for translations, in whose place it stands; what holds no values is translated once a language.

Pages have up to a hundred such words, and each took as long as a value of the record.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.template import Context, Library, Node
from django.template.base import FilterExpression, Parser, Token, TokenType
from django.templatetags import i18n
from django.utils.translation import get_language

register = Library()
register.tags, register.filters = {**i18n.register.tags}, {**i18n.register.filters}


@cache
def _said(_language: str | None) -> dict[Node, str]:
    """What nodes say in a language, as far as they have been asked."""
    return {}


class _Words(Node):
    """A node that says the same on every page of a language."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def render(self, context: Context) -> str:
        said = _said(get_language())
        if self not in said:
            said[self] = self.node.render(context)
        return said[self]


@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    node: Any = i18n.do_translate(parser, token)
    return _Words(node) if _is_fixed(node, node.filter_expression) else node


@register.tag("blocktranslate")
def blocktranslate(parser: Parser, token: Token) -> Node:
    node: Any = i18n.do_block_translate(parser, token)
    has_values = node.plural or any(of.token_type != TokenType.TEXT for of in node.singular)
    if not has_values and _is_fixed(node):
        return _Words(node)
    # What is looked up in the catalogues, and the names of its values: each time the same.
    read = {id(tokens): node.render_token_list(tokens) for tokens in (node.singular, node.plural)}
    node.render_token_list = lambda tokens: (read[id(tokens)][0], [*read[id(tokens)][1]])
    sentence: Node = node
    return sentence


def _is_fixed(node: Any, *said: FilterExpression) -> bool:
    """Whether a node is written where it stands, and what it says and its context are no values."""
    return not node.asvar and all(
        of is None or not (of.filters or getattr(of.var, "lookups", None))
        for of in (*said, node.message_context)
    )
