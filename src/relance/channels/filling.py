"""How the fields of a content are filled in for one person. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from relance.core.error_text import ErrorText
from relance.core.urls import WebAddress, web_address
from relance.templates.dates import Reader
from relance.templates.engine import FilledTemplate, filled
from relance.templates.errors import TemplateError, ValueMissingError

RENDERS_TO_NOTHING = ErrorText("rendered_empty", "it renders to nothing for this person")


def in_field(field: str, why: ErrorText) -> ErrorText:
    """What is wrong with a field of the content."""
    return ErrorText("rendered_field", "{field}: {why}", field=field, why=why)


class Missing(NamedTuple):
    """A variable with nothing to say, and the field that puts it in."""

    path: str
    variable: str


class Filling(msgspec.Struct, frozen=True):
    """What all fields of one message are filled with.

    ``all_required``: a variable with nothing to say keeps the message from being sent. ``missing``, if given, is told of those
    variables instead. ``snippets`` is name → source.
    """

    values: Mapping[str, Any]
    reader: Reader = Reader()
    all_required: bool = False
    missing: list[Missing] | None = None
    snippets: Mapping[str, str] = {}

    def field(self, path: str, source: str) -> str:
        """A field filled in. Raises ``TemplateError`` or ``ValueMissingError`` naming it."""
        return self.template(path, source).text

    def template(self, path: str, source: str, *, as_html: bool = False) -> FilledTemplate:
        """The same in pieces. Raises the same. ``as_html``: values are escaped."""
        names: list[str] | None = None if self.missing is None else []
        try:
            return filled(
                source,
                self.values,
                html=as_html,
                reader=self.reader,
                all_required=self.all_required,
                missing=names,
                snippets=self.snippets,
            )
        except (TemplateError, ValueMissingError) as error:
            raise type(error)(in_field(path, error.text), path=f"content.{path}") from None
        finally:
            if self.missing is not None:
                self.missing.extend(Missing(f"content.{path}", name) for name in dict.fromkeys(names or ()))

    def line(self, path: str, source: str) -> str:
        """A field of one line: white space runs together, so that no value can add a header."""
        return " ".join(self.field(path, source).split())

    def link(self, path: str, source: str) -> WebAddress | None:
        """A field that is an http(s) address, or nothing."""
        url = self.field(path, source).strip()
        address = web_address(url)
        if url and address is None:
            raise TemplateError(
                in_field(path, ErrorText("rendered_link", "{link!r} is not an http(s) address.", link=url)),
                path=f"content.{path}",
            )
        return address

    def required_line(self, path: str, source: str) -> str:
        """A field of one line that must say something."""
        text = self.line(path, source)
        if not text:
            raise TemplateError(in_field(path, RENDERS_TO_NOTHING), path=f"content.{path}")
        return text
