"""Reads a Liquid template into tokens in one pass. Pure.

python-liquid's own lexer looks for the end of every ``{{`` anew, with the interpreter held: 20 KB of ``{{`` and spaces take it 15
seconds. This one gives the same tokens (a property test compares them) in time linear in the template, and refuses
what would make the reading of an expression slow: one that is very long, or of very many brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from liquid.exceptions import LiquidSyntaxError
from liquid.token import TOKEN_COMMENT, TOKEN_CONTENT, TOKEN_DOC, TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_TAG, Token

from relance.core.error_text import ErrorText

EXPRESSION_LIMIT = 2_000  # characters between {{ and }}, or {% and %}
PIECES_LIMIT = 10_000  # of these in one template
_BRACKETS = {"[": 50, "(": 20}  # of each in one expression: for every one python-liquid looks through what follows
_OPENS = re.compile(r"\{[{%]")
_NAME = re.compile(r"\s*+(#|\w++)")
_VERBATIM = re.compile(r"\{%-?+\s*+(raw|doc)\s*+(-?+)%\}")
_VERBATIM_ENDS = {name: re.compile(rf"\{{%-?+\s*+end{name}\s*+(-?+)%\}}") for name in ("raw", "doc")}
_BLANK_OR_END = re.compile(r"\S|\Z")


class _Piece(NamedTuple):
    """What one pair of delimiters holds, and whether white space behind it goes."""

    kind: str
    name: str
    expression: str
    name_at: int
    expression_at: int
    end: int
    strips: bool


def tokens(source: str) -> Iterator[Token]:
    """The template's tokens. Raises ``LiquidSyntaxError``."""
    return _Lexer(source).run()


class _Lexer:
    def __init__(self, source: str) -> None:
        self._source = source
        self._ends: dict[str, int] = {}  # delimiter → from where on there is none
        self._strips = False
        self._pieces = 0
        self._comments = 0
        self._comment: list[str] = []
        self._comment_at = 0

    def run(self) -> Iterator[Token]:
        source, at = self._source, 0
        while at < len(source):
            found = _OPENS.search(source, at)
            if found is None or found.start() > at:
                end = found.start() if found else len(source)
                yield from self._content(at, end)
                at = end
                continue
            piece = self._piece(at)
            if piece is not None:
                yield from self._markup(at, piece)
                at = piece.end
            elif self._comments:  # in a comment whatever is not closed is text
                self._comment.append(source[at])
                at += 1
            elif _OPENS.match(source, at + 1):  # a brace before something that may be closed
                yield from self._content(at, at + 1)
                at += 1
            else:
                fault = "expected '}}', found end of file" if source[at + 1] == "{" else "missing tag name or closing delimiter"
                raise LiquidSyntaxError(fault, token=self._token(TOKEN_CONTENT, source[at : at + 20], at))

    def _piece(self, at: int) -> _Piece | None:
        """What begins at ``at``; None where it is not closed, or has no name."""
        source = self._source
        if source[at + 1] == "{":
            start = at + 2 + source.startswith("-", at + 2)
            end = self._find("}}", start)
            if end < 0:
                return None
            strips = source[end - 1] == "-" and end > start
            inner, inner_at = _trimmed(source, start, end - strips)
            return _Piece(TOKEN_OUTPUT, "", inner, at, inner_at, end + 2, strips)
        verbatim = self._verbatim(at)
        if verbatim is not None:
            return verbatim
        start = at + 2 + source.startswith("-", at + 2)
        named = _NAME.match(source, start)
        end = self._find("%}", named.end()) if named else -1
        if named is None or end < 0:
            return None
        strips = source[end - 1] == "-" and end > named.end()
        inner, inner_at = _trimmed(source, named.end(), end - strips)
        return _Piece(TOKEN_TAG, named[1], inner, named.start(1), inner_at, end + 2, strips)

    def _verbatim(self, at: int) -> _Piece | None:
        opens = _VERBATIM.match(self._source, at)
        if opens is None or self._ends.get(opens[1], len(self._source)) <= at:
            return None
        closes = _VERBATIM_ENDS[opens[1]].search(self._source, opens.end())
        if closes is None:
            self._ends[opens[1]] = at
            return None
        kind = TOKEN_CONTENT if opens[1] == "raw" else TOKEN_DOC
        text = self._source[opens.end() : closes.start()]
        return _Piece(kind, opens[1], text, at, at, closes.end(), bool(opens[2]))

    def _find(self, mark: str, start: int) -> int:
        if self._ends.get(mark, len(self._source)) <= start:
            return -1
        end = self._source.find(mark, start)
        if end < 0:
            self._ends[mark] = start
        return end

    def _markup(self, at: int, piece: _Piece) -> Iterator[Token]:
        if self._comments and not (piece.kind == TOKEN_TAG and piece.name in ("comment", "endcomment")):
            self._comment.append(self._source[at : piece.end])
            return
        if piece.kind == TOKEN_TAG and piece.name != "liquid":
            yield from self._tag(piece, self._source[at : piece.end])
        elif piece.kind == TOKEN_TAG:
            for line in _lines(piece):
                if self._comments and line.name not in ("comment", "endcomment"):
                    continue
                yield from self._tag(line, "")
        elif piece.kind == TOKEN_OUTPUT:
            yield self._token(TOKEN_OUTPUT, self._source[at : piece.end], at)
            yield self._expression(piece)
        else:
            yield self._token(piece.kind, piece.expression, at)
        self._strips = piece.strips

    def _tag(self, piece: _Piece, whole: str) -> Iterator[Token]:
        if piece.name == "comment":
            self._comments += 1
            if self._comments > 1:
                self._comment.append(whole)
                return
            self._comment_at = piece.end
        elif piece.name == "endcomment" and self._comments:
            self._comments -= 1
            if self._comments:
                self._comment.append(whole)
                return
            yield self._token(TOKEN_COMMENT, "".join(self._comment), self._comment_at)
            self._comment.clear()
            yield self._token(TOKEN_TAG, piece.name, piece.name_at)
            return
        yield self._token(TOKEN_TAG, piece.name, piece.name_at)
        if piece.expression:
            yield self._expression(piece)

    def _expression(self, piece: _Piece) -> Token:
        token = self._token(TOKEN_EXPRESSION, piece.expression, piece.expression_at)
        self._pieces += 1
        if self._pieces > PIECES_LIMIT:
            raise LiquidSyntaxError(
                ErrorText("template_pieces", "A template must have at most {most:,} outputs and tags.", most=PIECES_LIMIT),
                token=token,
            )
        if len(piece.expression) > EXPRESSION_LIMIT:
            raise LiquidSyntaxError(
                ErrorText(
                    "expression_length",
                    "An expression must be at most {most:,} characters (got {got:,}).",
                    most=EXPRESSION_LIMIT,
                    got=len(piece.expression),
                ),
                token=token,
            )
        for bracket, most in _BRACKETS.items():
            if piece.expression.count(bracket) > most:
                raise LiquidSyntaxError(
                    ErrorText(
                        "expression_brackets",
                        "An expression must have at most {most} of {bracket!r} (got {got:,}).",
                        most=most,
                        bracket=bracket,
                        got=piece.expression.count(bracket),
                    ),
                    token=token,
                )
        return token

    def _content(self, at: int, end: int) -> Iterator[Token]:
        text = self._source[at:end]
        if self._comments:
            self._comment.append(text)
            return
        if self._strips:
            text = text.lstrip()
        if self._source.startswith("-", end + 2):
            text = text.rstrip()
        if text:
            yield self._token(TOKEN_CONTENT, text, at)

    def _token(self, kind: str, value: str, at: int) -> Token:
        return Token(kind, value, at, self._source)


def _trimmed(source: str, start: int, end: int) -> tuple[str, int]:
    """The text from ``start`` to ``end`` without white space around it, and where it begins."""
    found = _BLANK_OR_END.search(source, start, end)
    begins = found.start() if found else end
    return source[begins:end].rstrip(), begins


def _lines(piece: _Piece) -> Iterator[_Piece]:
    """``{% liquid %}``: a tag a line."""
    at = piece.expression_at
    for line in piece.expression.split("\n"):
        text = line.strip()
        if text:
            named = _NAME.match(text)
            if named is None:
                token = Token(TOKEN_EXPRESSION, text, at, piece.expression)
                raise LiquidSyntaxError(
                    ErrorText("liquid_lines", "Within {{% liquid %}} every line must begin with the name of a tag."),
                    token=token._replace(start_index=-1),
                )
            begins = at + len(line) - len(line.lstrip())
            rest = text[named.end() :]
            expression_at = begins + named.end() + len(rest) - len(rest.lstrip())
            yield _Piece(TOKEN_TAG, named[1], rest.strip(), begins, expression_at, begins + len(text), strips=False)
        at += len(line) + 1
