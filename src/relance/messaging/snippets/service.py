"""The door to snippets. A message has the snippets that it renders as they stood when it was saved; a snippet that changes is
written to every message that renders it, as a new version of each, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy.engine import Connection, Engine

from relance.channels.errors import ContentInvalidError
from relance.channels.registry import KINDS
from relance.core.error_text import ErrorText
from relance.core.name_check import reject_nul
from relance.infra.database import hold_app, reading, writing
from relance.messaging.context.service import check_names
from relance.messaging.errors import SnippetInUseError, SnippetInvalidError, SnippetNotFoundError, StaleSnippetError
from relance.messaging.model import Message
from relance.messaging.saved import service as saved
from relance.messaging.snippets import store
from relance.messaging.snippets.model import Snippet, SnippetUse
from relance.messaging.translations import languages_of, place_of, templates_of, wording
from relance.templates.engine import check
from relance.templates.errors import TemplateError
from relance.templates.snippets import NAME, needed, rendered_in

MOST = 200  # of an app
LONGEST = 50_000  # characters


def with_snippets(connection: Connection, message: Message) -> Message:
    """A message that is about to be saved, with the snippets that it renders. Raises ``TemplateError`` naming the field."""
    templates = [*_placed_templates(message)]
    if not any(rendered_in(source) for _, source in templates):
        return msgspec.structs.replace(message, snippets={}) if message.snippets else message
    hold_app(connection, message.app_id)  # a snippet that changes now finds the message, or is found by it
    known = _sources(store.of_app(connection, message.app_id))
    found: dict[str, str] = {}
    for path, source in templates:
        try:
            found |= needed([source], known)
        except TemplateError as error:
            raise TemplateError(error.text, path=path) from None
    whole = msgspec.structs.replace(message, snippets=dict(sorted(found.items())))
    needed([source for _, source in templates], known)  # all of them together
    check_names(whole)
    return whole


def _placed_templates(message: Message) -> Iterator[tuple[str, str]]:
    """Where each template of a message stands, and its source, in all its languages."""
    kind = KINDS[message.channel].content
    for language in languages_of(message):
        found = wording(message, language)
        for template in kind.read(found.content).templates():
            yield place_of(message, found, f"content.{template.path}"), template.source


class Snippets:
    """An app's snippets."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self, app_id: int) -> list[Snippet]:
        """By name."""
        with reading(self._engine) as connection:
            return store.of_app(connection, app_id)

    def get(self, app_id: int, snippet_id: int) -> Snippet:
        with reading(self._engine) as connection:
            return _found(store.of_app(connection, app_id), snippet_id)

    def uses(self, app_id: int, snippets: Iterable[Snippet]) -> dict[int, list[SnippetUse]]:
        """Snippet → who renders it, also by way of others: messages, then snippets."""
        with reading(self._engine) as connection:
            every = store.of_app(connection, app_id)
            return {each.id: _uses(connection, each, every) for each in snippets}

    def create(self, app_id: int, name: str, source: str, now: int) -> Snippet:
        """Keep a new snippet. Raises ``SnippetInvalidError`` or ``TemplateError`` naming the field."""
        check_snippet(name, source)
        with writing(self._engine) as connection:
            hold_app(connection, app_id)
            every = store.of_app(connection, app_id)
            if len(every) >= MOST:
                raise SnippetInvalidError(
                    ErrorText("snippets_limit", "An app has at most {most} snippets (got {got}).", most=MOST, got=len(every) + 1)
                )
            _reject_taken(every, name)
            new = Snippet(0, app_id, name, source, 1, now, now)
            _check_all([*every, new])
            return store.insert(connection, new)

    def update(self, app_id: int, snippet_id: int, version: int, source: str, now: int) -> Snippet:
        """Change what a snippet says, and with it every message that renders it. The name stays: templates call it by that.

        Raises ``StaleSnippetError`` if it is no longer at ``version``, and as ``create``.
        """
        with writing(self._engine) as connection:
            hold_app(connection, app_id)
            every = store.of_app(connection, app_id)
            old = _found(every, snippet_id)
            check_snippet(old.name, source)
            if old.version != version:
                raise StaleSnippetError(
                    ErrorText("snippet_changed", "This snippet has been edited since it was read."), version=old.version
                )
            new = msgspec.structs.replace(old, source=source, version=version + 1, updated_at=now)
            every = [new if each.id == snippet_id else each for each in every]
            _check_all(every)
            store.update(connection, new)
            if source != old.source:
                _write_to_messages(connection, new, every, now)
            return new

    def delete(self, app_id: int, snippet_id: int) -> None:
        """Delete a snippet that nothing renders. Raises ``SnippetInUseError``."""
        with writing(self._engine) as connection:
            hold_app(connection, app_id)
            every = store.of_app(connection, app_id)
            uses = _uses(connection, _found(every, snippet_id), every)
            if uses:
                raise SnippetInUseError(
                    ErrorText("snippet_in_use", "Messages and snippets that render this one: {count}.", count=len(uses)),
                    dependents=[msgspec.to_builtins(each) for each in uses],
                )
            store.delete(connection, snippet_id)


def _write_to_messages(connection: Connection, snippet: Snippet, every: Sequence[Snippet], now: int) -> None:
    known = _sources(every)
    for message in saved.rendering(connection, snippet.app_id, snippet.name):
        sources = [each.source for each in templates_of(message)]
        try:
            new = msgspec.structs.replace(
                message, snippets=needed(sources, known), version=message.version + 1, updated_at=max(now, message.updated_at)
            )
            check_names(new)
        except (ContentInvalidError, TemplateError) as error:
            raise SnippetInvalidError(
                ErrorText(
                    "snippet_breaks",
                    "Message “{message}” could not be rendered then: {why}",
                    message=message.name,
                    why=error.text,
                ),
                path="source",
            ) from None
        saved.update_message(connection, new, message.version)


def _uses(connection: Connection, snippet: Snippet, every: Sequence[Snippet]) -> list[SnippetUse]:
    messages = [SnippetUse("message", each.id, each.name) for each in saved.rendering(connection, snippet.app_id, snippet.name)]
    known = _sources(every)
    within = [
        SnippetUse("snippet", each.id, each.name)
        for each in every
        if each.id != snippet.id and snippet.name in needed([each.source], known)
    ]
    return [*messages, *within]


def _check_all(every: Sequence[Snippet]) -> None:
    """All of an app's together: what each renders is there, and none renders itself."""
    known = _sources(every)
    for each in every:
        try:
            needed([f"{{% render '{each.name}' %}}"], known)
        except TemplateError as error:
            raise TemplateError(error.text, path="source") from None


def check_snippet(name: str, source: str) -> None:
    """Refuse what no snippet can be. Raises ``SnippetInvalidError`` or ``TemplateError`` naming the field."""
    if NAME.fullmatch(name) is None:
        raise SnippetInvalidError(
            ErrorText(
                "snippet_name",
                "The name of a snippet is 1–64 small letters, digits, hyphens and underscores (got {got!r}).",
                got=name[:100],
            ),
            path="name",
        )
    reject_nul(source, "source")
    if not source.strip() or len(source) > LONGEST:
        raise SnippetInvalidError(
            ErrorText(
                "snippet_length", "A snippet must be 1–{most:,} characters (got {got:,}).", most=LONGEST, got=len(source.strip())
            ),
            path="source",
        )
    try:
        check(source, html=True)
        check(source, html=False)
    except TemplateError as error:
        raise TemplateError(error.text, path="source") from None


def _reject_taken(every: Iterable[Snippet], name: str) -> None:
    if any(each.name == name for each in every):
        raise SnippetInvalidError(
            ErrorText("snippet_name_taken", "There is a snippet {snippet!r} already.", snippet=name), path="name"
        )


def _found(every: Iterable[Snippet], snippet_id: int) -> Snippet:
    found = next((each for each in every if each.id == snippet_id), None)
    if found is None:
        raise SnippetNotFoundError(ErrorText("snippet_not_found", "There is no such snippet in this app."))
    return found


def _sources(every: Iterable[Snippet]) -> Mapping[str, str]:
    return {each.name: each.source for each in every}
