"""Liquid templates: parsed once, rendered many times, within limits. Pure.

Parsing costs about seven renders, so parsed templates are kept by their source. A template is written by an operator,
not by us: it includes snippets of its app and no files, it is read in one pass (``templates.lexer``), and what it does when it
is rendered is counted and bounded (``templates.budget``).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple, cast

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError
from liquid.token import TOKEN_CONTENT, TOKEN_TAG, Token
from typing_extensions import override

from relance.core.error_text import ErrorText
from relance.templates.budget import (
    BUDGET,
    SIZE_LIMIT,
    Budget,
    Metered,
    MeteredBuffer,
    MissingValueError,
    OverBudgetError,
)
from relance.templates.dates import Reader
from relance.templates.errors import TemplateError, ValueMissingError
from relance.templates.fault_texts import template_text
from relance.templates.filters import install
from relance.templates.lexer import tokens
from relance.templates.nodes import (
    BoundedAssign,
    BoundedEcho,
    BoundedFor,
    BoundedOutput,
    BoundedRender,
    BoundedTablerow,
    NoInclude,
    fit_library,
)

LOOP_LIMIT = 10_000  # rounds of loops within each other
OUTPUT_LIMIT = SIZE_LIMIT  # bytes of one rendered field
_ROOM = 50_000  # tags of all parsed templates that are kept
_REMEMBERED = 1_000  # templates that were too much work
_NESTED = 20  # blocks within each other
NO_SNIPPETS: Mapping[str, str] = {}
_GIVEN_UP_AFTER = 3  # renderings that were too much work, before the template is not tried any more
_BLOCKS = frozenset(("if", "unless", "case", "for", "tablerow", "capture", "ifchanged", "comment", "doc"))

fit_library()


class _Template(BoundTemplate):
    context_class = Metered


class _Bounded(Environment):
    loop_iteration_limit = LOOP_LIMIT
    output_stream_limit = OUTPUT_LIMIT
    block_nesting_limit = _NESTED
    context_depth_limit = _NESTED + 5
    template_class = _Template

    @override
    def tokenizer(self) -> Callable[[str], Iterator[Token]]:
        return tokens

    @override
    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        for tag in (BoundedOutput, BoundedEcho, BoundedAssign, BoundedFor, BoundedTablerow, BoundedRender, NoInclude):
            self.add_tag(tag)
        install(self)

    @override
    def get_template(self, name: str, *, context: Any = None, **_: Any) -> BoundTemplate:
        """A snippet of whoever renders; parsed as what it stands in is."""
        source = context.snippets.get(name) if isinstance(context, Metered) else None
        if source is None:
            raise LiquidError(ErrorText("snippet_unknown", "There is no snippet {snippet!r}.", snippet=name), token=None)
        return parse(source, self.autoescape)


_PLAIN = _Bounded(autoescape=False)
_HTML = _Bounded(autoescape=True)
_too_much: dict[str, int] = {}  # source → how often it was too much work


class _Kept:
    """Parsed templates by source, those used last, as many as there is room for: a parsed tag takes about 1 KB."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._parsed: OrderedDict[tuple[str, bool], tuple[BoundTemplate, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, source: str, html: bool) -> BoundTemplate | None:
        with self._lock:
            found = self._parsed.get((source, html))
            if found is None:
                return None
            self._parsed.move_to_end((source, html))
            return found[0]

    def put(self, source: str, html: bool, template: BoundTemplate) -> None:
        size = 2 + source.count("{{") + source.count("{%") + len(source) // 1_000
        with self._lock:
            if (source, html) in self._parsed:
                return
            self._parsed[source, html] = (template, size)
            self._room -= size
            while self._room < 0 and len(self._parsed) > 1:
                _, (_, freed) = self._parsed.popitem(last=False)
                self._room += freed


_kept = _Kept(_ROOM)


def parse(source: str, html: bool) -> BoundTemplate:
    """The parsed template; with ``html``, what is put in is escaped. Raises ``TemplateError``."""
    known = _kept.get(source, html)
    if known is not None:
        return known
    try:
        template = (_HTML if html else _PLAIN).from_string(source)
    except LiquidError as error:
        raise TemplateError(template_text(error)) from None
    except RecursionError:
        raise TemplateError(ErrorText("template_depth", "The template is nested too deeply.")) from None
    _kept.put(source, html, template)
    return template


def check(source: str, html: bool) -> None:
    """Refuse a template that could never be rendered: no Liquid, a filter there is none of, a part of another file."""
    if not is_constant(source):
        parse(source, html)


class FilledTemplate(NamedTuple):
    """What a template says to somebody: ``pieces`` are all of it. ``outline``: the same, with None in place of each value."""

    pieces: Sequence[str]
    outline: Sequence[str | None]

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def fill(source: str, context: Mapping[str, Any], **how: Any) -> str:
    """The text of ``filled``, which has the arguments. Raises the same."""
    return filled(source, context, **how).text


def filled(
    source: str,
    context: Mapping[str, Any],
    *,
    html: bool = False,
    reader: Reader | None = None,
    all_required: bool = False,
    missing: list[str] | None = None,
    snippets: Mapping[str, str] = NO_SNIPPETS,
) -> FilledTemplate:
    """The template rendered with ``context`` for ``reader``, whole or not at all; ``missing`` is told what it lacks, ``snippets``
    are those that it may render.

    Raises ``ValueMissingError`` where a value that is required is missing (with ``all_required``, any), else ``TemplateError``.
    """
    if is_constant(source):
        return FilledTemplate((source,), (source,))
    if _too_much and _too_much.get(_whole(source, snippets), 0) >= _GIVEN_UP_AFTER:
        raise TemplateError(
            ErrorText(
                "template_given_up", "The template takes too much work for one message; it is tried again once it is changed."
            )
        )
    try:
        return _rendered(parse(source, html), context, reader or Reader(), all_required, missing, snippets)
    except MissingValueError as error:
        raise ValueMissingError(
            ErrorText("value_missing", "{variable} is missing", variable=error.name)
            if error.name
            else ErrorText("some_value_missing", "a value is missing")
        ) from None
    except OverBudgetError as error:
        if len(_too_much) >= _REMEMBERED:
            _too_much.clear()
        whole = _whole(source, snippets)
        _too_much[whole] = _too_much.get(whole, 0) + 1
        raise TemplateError(template_text(error)) from None
    except LiquidError as error:
        raise TemplateError(template_text(error)) from None
    except ArithmeticError:
        raise TemplateError(ErrorText("template_arithmetic", "A number is too large, or divided by zero.")) from None
    except (RecursionError, ValueError, TypeError):  # filters on values they did not expect
        raise TemplateError(ErrorText("filter_fails", "A filter does not work with the value that it is given.")) from None


def _whole(source: str, snippets: Mapping[str, str]) -> str:
    """What tells the work of a template: it is another one when a snippet of it changes."""
    return "\0".join((source, *snippets.values())) if snippets else source


def _rendered(
    template: BoundTemplate,
    values: Mapping[str, Any],
    reader: Reader,
    all_required: bool,
    missing: list[str] | None,
    snippets: Mapping[str, str],
) -> FilledTemplate:
    moment = reader.moment
    known = {"now": moment, "today": moment.date(), **values}
    context = cast("Metered", template.context_class(template, globals=template.make_globals(known)))
    context.budget, context.reader, context.all_required, context.loop_weight = Budget(BUDGET), reader, all_required, 1
    context.missing, context.snippets = missing, snippets
    buffer = MeteredBuffer(OUTPUT_LIMIT, context.budget)
    template.render_with_context(context, buffer)
    return FilledTemplate(buffer.pieces, buffer.outline)


def is_constant(source: str) -> bool:
    """Whether the template says the same to everybody."""
    return "{{" not in source and "{%" not in source


def beginning(source: str) -> str:
    """What a template says before anything that depends on somebody."""
    return min((source.partition(mark)[0] for mark in ("{{", "{%")), key=len)


def certain_text(source: str) -> str:
    """What a template that parses says to everybody, in order: its text outside of all blocks."""
    if is_constant(source):
        return source
    said, depth = [], 0
    for token in tokens(source):
        if token.kind == TOKEN_TAG:
            depth += token.value in _BLOCKS
            depth -= token.value.removeprefix("end") in _BLOCKS and token.value.startswith("end")
        elif token.kind == TOKEN_CONTENT and not depth:
            said.append(token.value)
    return "".join(said)
