"""Liquid's tags, as far as they must know of budgets and of values that are required. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO, cast

from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, _tokenize
from liquid.builtin.expressions.primitive import Identifier, RangeLiteral, StringLiteral
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.assign_tag import AssignNode, AssignTag
from liquid.builtin.tags.echo_tag import EchoTag
from liquid.builtin.tags.for_tag import ForNode, ForTag
from liquid.builtin.tags.render_tag import RenderNode, RenderTag
from liquid.builtin.tags.tablerow_tag import TablerowNode, TablerowTag
from liquid.exceptions import LiquidSyntaxError
from liquid.stringify import to_liquid_string
from liquid.tag import Tag
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_REQUIRED
from liquid.undefined import Undefined
from typing_extensions import override

from relance.core.error_text import ErrorText
from relance.templates.budget import Metered, MissingValueError, bounded, size_of

if TYPE_CHECKING:
    from liquid import Environment, RenderContext, TokenStream

    from relance.templates.budget import MeteredBuffer

_MARKUP_A_UNIT = 4  # characters of markup
_SIZE_A_UNIT = 10
_RENDER_UNITS = 20  # of a snippet, beside what stands in it
_NAME_LIMIT = 200  # characters of a variable in an error


def _evaluate(expression: Any, context: Metered) -> object:
    """The expression's value; raises ``MissingValueError`` naming the variable."""
    if not isinstance(expression, FilteredExpression):
        return expression.evaluate(context)
    value = expression.left.evaluate(context)
    filters = expression.filters or ()
    if (context.all_required or context.missing is not None) and is_missing(value):
        _note_missing(expression, value, context)
    try:
        for each in filters:
            value = each.evaluate(value, context)
    except MissingValueError as error:
        raise MissingValueError(error.name or _name_of(expression, value)) from None
    return value


def _note_missing(expression: FilteredExpression, value: object, context: Metered) -> None:
    """Raise, or tell, that the variable is missing, unless there is a default for it."""
    if any(each.name == "default" for each in expression.filters or ()):
        return
    if context.missing is not None:
        context.missing.append(_name_of(expression, value))
    if context.all_required:
        raise MissingValueError(_name_of(expression, value))


def is_missing(value: object) -> bool:
    """Whether there is nothing to say: not known, or blank."""
    return value is None or isinstance(value, Undefined) or (isinstance(value, str) and not value.strip())


def _name_of(expression: FilteredExpression, value: object) -> str:
    if isinstance(value, Undefined) and value.hint and value.hint.endswith(" is undefined"):
        return value.hint.removesuffix(" is undefined").strip("'")[:_NAME_LIMIT]
    return str(expression.left)[:_NAME_LIMIT]


class _Output(OutputNode):
    __slots__ = ()

    @override
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        metered = cast("Metered", context)
        value = _evaluate(self.expression, metered)
        if isinstance(value, list | tuple | dict):  # written out element by element
            metered.budget.spend(size_of(value) // _SIZE_A_UNIT)
        return cast("MeteredBuffer", buffer).put(to_liquid_string(value, context.autoescape))


def _with_known_filters(expression: Any, environment: Environment) -> None:
    """Refuse a filter that there is none of when the template is written, not when it is rendered."""
    for each in getattr(expression, "filters", None) or ():
        if each.name not in environment.filters:
            raise LiquidSyntaxError(
                ErrorText("template_filter_unknown", "There is no filter {filter!r}.", filter=each.name), token=each.token
            )


class BoundedOutput(Output):
    """``{{ … }}``"""

    node_class = _Output

    @override
    def parse(self, stream: TokenStream) -> OutputNode:
        node = super().parse(stream)
        _with_known_filters(node.expression, self.env)
        return node


class BoundedEcho(EchoTag):
    """``{% echo … %}``"""

    node_class = _Output  # type: ignore[assignment]

    @override
    def parse(self, stream: TokenStream) -> Node:
        node = super().parse(stream)
        _with_known_filters(cast("_Output", node).expression, self.env)
        return node


class NoInclude(Tag):
    """``{% include … %}``: a template has no others to include."""

    name = "include"
    block = False

    @override
    def parse(self, stream: TokenStream) -> Node:
        raise LiquidSyntaxError(
            ErrorText("template_includes", "A template cannot {tag} another one.", tag=self.name), token=stream.current
        )


class _Render(RenderNode):
    __slots__ = ()

    @override
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        metered = cast("Metered", context)
        metered.budget.spend(_RENDER_UNITS)
        if self.loop and self.var is not None:
            each = self.var.evaluate(context)
            metered.budget.spend(_RENDER_UNITS * len(each) if isinstance(each, list | tuple) else 0)
        super().render_to_output(context, buffer)
        return 1


class BoundedRender(RenderTag):
    """``{% render 'snippet' … %}``: a snippet of the app, by its name; it sees what the message sees, and what it is given."""

    node_class = _Render

    @override
    def parse(self, stream: TokenStream) -> Node:
        token = stream.current
        node = cast("_Render", super().parse(stream))
        if not isinstance(node.name, StringLiteral):
            raise LiquidSyntaxError(
                ErrorText(
                    "snippet_unquoted", "The name of a snippet stands in quotes: {example}.", example="{% render 'footer' %}"
                ),
                token=token,
            )
        if node.var is not None and node.alias is None:
            node.alias = Identifier(node.name.value, token=node.name.token)
        return node


class _Assign(AssignNode):
    __slots__ = ()

    @override
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        # What is assigned may be asked for later, or never: only ``required`` is a demand here.
        metered = cast("Metered", context)
        strict, missing = metered.all_required, metered.missing
        metered.all_required, metered.missing = False, None
        try:
            context.assign(self.name, _evaluate(self.expression, metered))
        finally:
            metered.all_required, metered.missing = strict, missing
        return 0


class BoundedAssign(AssignTag):
    """``{% assign … %}``"""

    node_class = _Assign

    @override
    def parse(self, stream: TokenStream) -> AssignNode:
        node = super().parse(stream)
        _with_known_filters(node.expression, self.env)
        return node


class _For(ForNode):
    __slots__ = ("weight",)

    weight: int

    @override
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        cast("Metered", context).loop_weight = self.weight
        return super().render_to_output(context, buffer)


class BoundedFor(ForTag):
    """``{% for … %}``"""

    node_class = _For

    @override
    def parse(self, stream: TokenStream) -> Node:
        start = stream.pos
        node = cast("_For", super().parse(stream))
        node.weight = _weight(stream, start)
        return node


class _Tablerow(TablerowNode):
    __slots__ = ("weight",)

    weight: int

    @override
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        cast("Metered", context).loop_weight = self.weight + 1
        return super().render_to_output(context, buffer)


class BoundedTablerow(TablerowTag):
    """``{% tablerow … %}``"""

    node_class = _Tablerow

    @override
    def parse(self, stream: TokenStream) -> TablerowNode:
        start = stream.pos
        node = cast("_Tablerow", super().parse(stream))
        node.weight = _weight(stream, start)
        return node


def _weight(stream: TokenStream, start: int) -> int:
    """What a round costs at most, in units, by the markup between the loop's tags."""
    size = 0
    for token in stream.tokens[start : stream.pos]:
        size += len(token.value) if token.kind == TOKEN_EXPRESSION else _MARKUP_A_UNIT // 2 if token.kind == TOKEN_CONTENT else 6
    return 1 + size // _MARKUP_A_UNIT


def _make_range(_: RangeLiteral, start: Any, stop: Any) -> range:
    first, last = _whole(start), _whole(stop)
    return cast("range", bounded(range(first, last + 1))) if first <= last else range(0)


def _whole(value: Any) -> int:
    if isinstance(value, str) and len(value) > 20:
        return 0
    try:
        return cast("int", bounded(int(value)))
    except (ValueError, TypeError, OverflowError):
        return 0


def fit_library() -> None:
    """Two things that python-liquid offers no environment to set, and so are set in the library itself, once and for the process.

    Expressions are read by plain functions that name their classes and words themselves: neither a tag of ours nor a subclass
    comes between. To walk the tree that was read and put our own ranges into it would be no patch, and would leave out whatever a
    tag does not list among its parts; a range that slips through costs gigabytes. Tests render both, so that a release of the
    library that has other names for them is refused by the tests, not found out by a template.

    Every ``(a..b)`` is refused where it is too long, wherever it stands: comparisons look through ranges, too. And
    ``required`` is a word like others, not one of a tag that no template here has, so that a filter can have the name.
    """
    RangeLiteral._make_range = _make_range  # type: ignore[method-assign, assignment]
    _tokenize._keywords = _tokenize._keywords - {TOKEN_REQUIRED}
