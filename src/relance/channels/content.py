"""What an author writes for a kind of channel: Liquid templates, checked when written and filled when sent. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple, Self

import msgspec

from relance.channels.errors import ContentInvalidError
from relance.channels.filling import Filling
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.mismatch import mismatch
from relance.core.urls import web_address
from relance.links.tracked import Links
from relance.templates.engine import beginning, check, is_constant
from relance.templates.errors import TemplateError

TEMPLATE_LIMIT = 200_000  # characters of one template
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


class ContentTemplate(NamedTuple):
    """One template of a content: the path of its field, its source, and whether it makes HTML."""

    path: str
    source: str
    makes_html: bool = False


class MessageSize(NamedTuple):
    """How large a finished message is, and the largest that arrives whole: bytes, or (``unit``) characters."""

    size: int
    most: int
    unit: str = "bytes"


class MessageEnvelope(msgspec.Struct, frozen=True):
    """What is around one message: where it goes, who sends it, and how long it stays valid (ms; None = for good).

    ``unsubscribe_url`` and ``preferences_url`` are empty where there is nothing to unsubscribe from; ``sender`` is the server's,
    for content without one.
    """

    address: str
    sender: str = ""
    unsubscribe_url: str = ""
    life: int | None = None
    preferences_url: str = ""


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of one kind. Its fields are published as JSON schema; each text is a template.

    A translation takes what it leaves out from the language that it falls back on, field by field. ``together`` are fields that
    say the same in several forms: a translation that has one of them takes none of the others. ``fixed`` are those that are the
    same in every language.
    """

    together: ClassVar[tuple[frozenset[str], ...]] = ()
    fixed: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """The content as its struct. Raises ``ContentInvalidError`` naming the field."""
        try:
            return msgspec.convert(given, cls)
        except msgspec.ValidationError as error:
            place, text = mismatch(error, given)
            raise ContentInvalidError(text, path=f"content{place}") from None

    def templates(self) -> Iterator[ContentTemplate]:
        """Every template, in the order in which an author reads them."""
        raise NotImplementedError

    def check(self) -> None:
        """Refuse what could never be sent, whoever gets it. The templates are known to parse. Raises ``ContentInvalidError``."""
        raise NotImplementedError

    def render(self, filling: Filling, links: Links, envelope: MessageEnvelope) -> Any:
        """The finished message, as the kind's transport takes it. Nothing half-filled leaves here: raises ``TemplateError``, or
        ``ValueMissingError`` where the person lacks a value that the message requires."""
        raise NotImplementedError

    def shown(self, rendered: Any, filling: Filling) -> dict[str, Any]:
        """A finished message as a preview shows it: under the names of this content's fields."""
        raise NotImplementedError

    def size(self, rendered: Any) -> MessageSize:
        """How large a finished message is."""
        raise NotImplementedError


def check_content(content: Content) -> None:
    """Refuse content that could never be sent: templates too long or that do not parse, and what its kind refuses."""
    for path, source, makes_html in content.templates():
        if len(source) > TEMPLATE_LIMIT:
            raise ContentInvalidError(
                ErrorText(
                    "template_length",
                    "Template must be at most {most:,} characters (got {got:,}).",
                    most=TEMPLATE_LIMIT,
                    got=len(source),
                ),
                path=f"content.{path}",
            )
        try:
            check(source, makes_html)
        except TemplateError as error:
            raise TemplateError(error.text, path=f"content.{path}") from None
    content.check()


def require_text(path: str, source: str) -> None:
    """Refuse a field without anything in it."""
    if not source.strip():
        raise ContentInvalidError(ErrorText("field_empty", "The {field} is empty.", field=path), path=f"content.{path}")


def is_web_link(source: str) -> bool:
    """Whether a template can become an http(s) address, whatever its variables hold; an empty one leads nowhere, and may."""
    source = source.strip()
    if not source:
        return True
    if is_constant(source):
        return web_address(source) is not None
    start = beginning(source)  # what stands before the first variable
    scheme = _SCHEME.match(start)
    return scheme[1].lower() in ("http", "https") if scheme else not start or "http".startswith(start[:4].lower())


def json_size(value: Any) -> int:
    """Bytes of a value as JSON."""
    return len(to_json(value).encode())
