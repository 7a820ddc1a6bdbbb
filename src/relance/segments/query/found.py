"""The value at a property's path, as SQL: read from JSON text, or from history's property columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from relance.core.numerals import PLAIN_NUMBER
from relance.events.service import PropertyColumns, property_column
from relance.segments.query.constructs import (
    at,
    finds,
    json_elements,
    json_exists,
    json_is_boolean,
    json_is_number,
    json_is_text,
    json_number,
    json_text,
    to_number,
)

_PLAIN = rf"\A(?:{PLAIN_NUMBER})\z"


class PathValue(Protocol):
    """The value at a path. A test that is NULL counts as no."""

    @property
    def exists(self) -> ColumnElement[bool]:
        """Whether it exists and is not null."""
        ...

    @property
    def is_text(self) -> ColumnElement[bool]: ...

    @property
    def text(self) -> ColumnElement[str]:
        """The text; undefined if it is not one."""
        ...

    @property
    def is_number(self) -> ColumnElement[bool]: ...

    @property
    def read_number(self) -> ColumnElement[float]:
        """A number, or a text that is a plain number, as a double; else NULL."""
        ...

    @property
    def boolean(self) -> ColumnElement[str]:
        """``true`` or ``false``; neither if it is not a boolean."""
        ...

    @property
    def elements(self) -> ColumnElement[str]:
        """The list, as JSON texts; empty if it is none."""
        ...


class InJson(NamedTuple):
    """In a column of JSON text. Without a path it is the JSON itself."""

    json: ColumnElement[str]
    path: str

    @property
    def exists(self) -> ColumnElement[bool]:
        return json_exists(*at(self.json, self.path))

    @property
    def is_text(self) -> ColumnElement[bool]:
        return json_is_text(*at(self.json, self.path))

    @property
    def text(self) -> ColumnElement[str]:
        return json_text(*at(self.json, self.path))

    @property
    def is_number(self) -> ColumnElement[bool]:
        return json_is_number(*at(self.json, self.path))

    @property
    def read_number(self) -> ColumnElement[float]:
        plain = sa.and_(self.is_text, finds(self.text, _PLAIN))
        number = json_number(*at(self.json, self.path))
        return sa.case((self.is_number, number), (plain, to_number(self.text)), else_=sa.null())

    @property
    def boolean(self) -> ColumnElement[str]:
        return sa.case((json_is_boolean(*at(self.json, self.path)), self.text), else_=sa.null())

    @property
    def elements(self) -> ColumnElement[str]:
        return json_elements(*at(self.json, self.path))


class InColumns(NamedTuple):
    """In a property's columns (``events.history_columns``)."""

    text: ColumnElement[str]
    read_number: ColumnElement[float]
    other: ColumnElement[str]

    @property
    def exists(self) -> ColumnElement[bool]:
        return sa.or_(self.text.is_not(None), self.read_number.is_not(None), self.other.is_not(None))

    @property
    def is_text(self) -> ColumnElement[bool]:
        return self.text.is_not(None)

    @property
    def is_number(self) -> ColumnElement[bool]:
        return sa.and_(self.text.is_(None), self.read_number.is_not(None))

    @property
    def boolean(self) -> ColumnElement[str]:
        return sa.case((self.other.in_(["true", "false"]), self.other), else_=sa.null())

    @property
    def elements(self) -> ColumnElement[str]:
        return json_elements(*at(sa.func.coalesce(self.other, "null", type_=sa.Text)))


class EventProperties(NamedTuple):
    """The properties of the events of one name, each from where it can be read."""

    events: FromClause
    app_id: int
    event: str
    columns: PropertyColumns

    def found(self, path: str) -> PathValue:
        names = self.columns.of(self.app_id, self.event, path)
        if names is None:
            return InJson(self.events.c.properties, path)
        text, number, other = (_column(self.events, name) for name in names)
        return InColumns(text, number, other)


#: A column of JSON objects, or the properties of events.
Json = ColumnElement[str] | EventProperties


def found_in(json: Json, path: str) -> PathValue:
    """The value at the path."""
    return json.found(path) if isinstance(json, EventProperties) else InJson(json, path)


def needed(columns: PropertyColumns, app_id: int, asked: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The columns that events must be selected with, so that each (event, path) can be read."""
    names: dict[str, None] = {}
    for event, path in asked:
        names.update(dict.fromkeys(columns.of(app_id, event, path) or ("properties",)))
    return tuple(names)


def _column(events: FromClause, name: str) -> ColumnElement[Any]:
    """A column of a query's events, or of the table itself, which does not declare property columns."""
    return events.c[name] if name in events.c else property_column(name)
