"""What messages have to do with what other systems answer to a journey's steps: which are answered, and which read an answer."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.engine import Connection

from relance.channels.errors import ContentInvalidError
from relance.channels.registry import KINDS
from relance.messaging.context.service import all_templates
from relance.messaging.model import Message
from relance.messaging.saved import service as saved
from relance.templates.errors import TemplateError
from relance.templates.variables import variables_of

VARIABLE = "journey"


def answered(connection: Connection, app_id: int, ids: Collection[int]) -> set[int]:
    """Those of these messages of the app that are answered something by where they go to."""
    return {each.id for each in _of_app(connection, app_id, ids) if KINDS[each.channel].answers}


def answers_read(connection: Connection, app_id: int, ids: Collection[int]) -> dict[int, set[str]]:
    """Message → the names of answers that its templates read, in any of its languages or snippets."""
    return {each.id: _read(each) for each in _of_app(connection, app_id, ids)}


def _read(message: Message) -> set[str]:
    try:
        paths = [path for each in all_templates(message) for path in variables_of(each.source, each.makes_html)]
    except (ContentInvalidError, TemplateError):  # it says so itself where it is edited
        return set()
    return {path[1] for path in paths if len(path) > 1 and path[0] == VARIABLE}


def _of_app(connection: Connection, app_id: int, ids: Collection[int]) -> list[Message]:
    return [each for each in saved.messages_by_id(connection, ids).values() if each.app_id == app_id]
