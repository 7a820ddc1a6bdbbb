"""What a message says in a language: its content, with what a translation says in place of it. Pure.

A person gets the translation that is nearest to their language: ``fr-CA``, else ``fr``, else the message's own language. What a
translation leaves out it takes from the next of these, field by field, so that a link or a picture is given once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec

from relance.channels.content import Content, ContentTemplate, check_content
from relance.channels.errors import ContentInvalidError
from relance.channels.registry import KINDS
from relance.core.error_text import ErrorText
from relance.core.languages import broader, canonical_tag, is_language_tag, primary
from relance.messaging.errors import MessageInvalidError
from relance.messaging.model import Message
from relance.templates.dates import Reader
from relance.templates.errors import TemplateError

MOST_TRANSLATIONS = 50
_LONGEST_TAG = 35  # characters; longer ones are made of what no language needs


class Wording(NamedTuple):
    """What a message says in ``language``. ``taken``: field → the language that it was taken from, where it is another."""

    language: str
    content: Mapping[str, Any]
    taken: Mapping[str, str]


def language_wanted(known: str | None, told: Iterable[Any], otherwise: str) -> str:
    """The language of whoever is ``known`` to read one: as a tag that was told of it, which may name a country or a script, too.

    Of whom none is known it is the first that was told, else ``otherwise``.
    """
    tags = [
        tag
        for each in told
        if isinstance(each, str) and len(each) <= _LONGEST_TAG and is_language_tag(tag := canonical_tag(each))
    ]
    if known:
        return next((tag for tag in tags if primary(tag) == primary(known)), known)
    return tags[0] if tags else otherwise


def languages_of(message: Message) -> list[str]:
    """Those that a message is written in, its own first."""
    return [message.language, *sorted(message.translations)]


def chosen_language(message: Message, wanted: str) -> str:
    """The language that whoever wants ``wanted`` gets."""
    if message.translations:
        for tag in broader(canonical_tag(wanted)):
            if tag in message.translations:
                return tag
            if tag == message.language:
                break
    return message.language


def wording(message: Message, language: str) -> Wording:
    """What a message says in a language that it is written in."""
    kind, content = KINDS[message.channel].content, message.content
    sources = dict.fromkeys(content, message.language)
    # From the broadest on: what is nearer to the reader takes the place of what is farther.
    for tag in reversed([each for each in broader(language) if each in message.translations and each != message.language]):
        content = _translated(kind, content, message.translations[tag])
        sources = {name: tag if name in message.translations[tag] else sources[name] for name in content}
    return Wording(language, content, {name: source for name, source in sources.items() if source != language})


def templates_of(message: Message) -> Iterator[ContentTemplate]:
    """The templates of a message in all its languages. Raises ``ContentInvalidError``."""
    for language in languages_of(message):
        yield from KINDS[message.channel].content.read(wording(message, language).content).templates()


def in_language(message: Message, wanted: str) -> Message:
    """The message as it is written for whoever wants this language: in one language, which it names."""
    if not message.translations:
        return message
    return as_worded(message, wording(message, chosen_language(message, wanted)))


def as_worded(message: Message, found: Wording) -> Message:
    """The message in one language, of which the wording is."""
    if not message.translations:
        return message
    return msgspec.structs.replace(message, content=dict(found.content), language=found.language, translations={})


def reader_of(message: Message, reader: Reader) -> Reader:
    """The reader of a message in one language: they get its dates in that language, too."""
    if not message.language or primary(message.language) == primary(reader.language):
        return reader
    return msgspec.structs.replace(reader, language=message.language)


def place_of(message: Message, found: Wording, path: str) -> str:
    """Where a field of a wording (``content.title``) stands in the message: ``translations.fr.title``."""
    name = _name(path)
    source = found.taken.get(name, found.language)
    return path if source == message.language else f"translations.{source}{path.removeprefix('content')}"


def read_translations(message: Message) -> Message:
    """The message with its languages in one spelling. Raises ``MessageInvalidError``."""
    language = canonical_tag(message.language)
    if language and not is_language_tag(language):
        raise _no_tag(message.language, "language")
    found: dict[str, dict[str, Any]] = {}
    for given, fields in message.translations.items():
        tag = canonical_tag(given)
        if not is_language_tag(tag):
            raise _no_tag(given, "translations")
        if tag in found:
            raise MessageInvalidError(
                ErrorText("translation_twice", "There are two translations into {language}.", language=tag),
                path=f"translations.{given}",
            )
        found[tag] = fields
    return msgspec.structs.replace(message, language=language, translations=found)


def _nothing_else(_: Message) -> None:
    return None


def check_translations(message: Message, also: Callable[[Message], None] = _nothing_else) -> None:
    """Refuse translations that could never be sent; the content itself is known to be right. ``also`` refuses a message in one
    language likewise. Raises ``MessageInvalidError``, ``ContentInvalidError`` or ``TemplateError`` naming the place."""
    if not message.translations:
        return
    if not message.language:
        raise MessageInvalidError(
            ErrorText("language_needed", "Say which language the content is in: translations fall back on it."), path="language"
        )
    if len(message.translations) > MOST_TRANSLATIONS:
        raise MessageInvalidError(
            ErrorText(
                "translations_many",
                "A message has at most {most} translations (got {got:,}).",
                most=MOST_TRANSLATIONS,
                got=len(message.translations),
            ),
            path="translations",
        )
    kind = KINDS[message.channel].content
    for tag, fields in message.translations.items():
        _check_fields(message, kind, tag, fields)
        found = wording(message, tag)
        with _placed(tag, fields):
            check_content(kind.read(found.content))
            also(as_worded(message, found))


def _check_fields(message: Message, kind: type[Content], tag: str, fields: Mapping[str, Any]) -> None:
    path = f"translations.{tag}"
    if tag == message.language:
        raise MessageInvalidError(
            ErrorText("translation_of_itself", "The content is in {language} already: change it there.", language=tag), path=path
        )
    if not fields:
        raise MessageInvalidError(
            ErrorText("translation_empty", "The translation says nothing: leave it out, or give a field."), path=path
        )
    fixed = sorted(fields.keys() & kind.fixed)
    if fixed:
        raise MessageInvalidError(
            ErrorText("translation_fixed", "{field} is the same in every language: set it in content.", field=fixed[0]),
            path=f"{path}.{fixed[0]}",
        )


@contextmanager
def _placed(tag: str, fields: Mapping[str, Any]) -> Iterator[None]:
    """What is wrong with a translation is told where it stands; with what it took from elsewhere, at the translation."""
    try:
        yield
    except (ContentInvalidError, TemplateError) as error:
        path = str(error.data.get("path", ""))
        inside = path.removeprefix("content") if _name(path) in fields else ""
        raise type(error)(error.text, **{**error.data, "path": f"translations.{tag}{inside}"}) from None


def _translated(kind: type[Content], content: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    gone: set[str] = set()
    for group in kind.together:
        if not group.isdisjoint(fields):
            gone |= group
    return {**{name: value for name, value in content.items() if name not in gone}, **fields}


def _name(path: str) -> str:
    """``content.buttons.0.title`` → ``buttons``."""
    return path.removeprefix("content").lstrip(".").partition(".")[0].partition("[")[0]


def _no_tag(given: str, path: str) -> MessageInvalidError:
    text = ErrorText(
        "language_tag",
        "Language must be the BCP 47 tag of a language that exists, such as fr or pt-BR (got {got!r}).",
        got=given[:40],
    )
    return MessageInvalidError(text, path=path)
