"""Static lists: a name, and people put on it. Who is on one is kept with the person and changes through the log."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from relance.infra.database import reading, writing
from relance.users.errors import ListConflictError, ListNotFoundError
from relance.users.model import PeopleList
from relance.users.store import LISTS_TABLE

_COLUMNS = [LISTS_TABLE.c[name] for name in PeopleList.__struct_fields__]


class Lists:
    """The static lists of all apps; every method is for one app."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, app_id: int, name: str, now: int, author: str = "") -> PeopleList:
        """Raises ``ListConflictError`` if a list of the app has the name."""
        values = {"app_id": app_id, "name": name, "created_at": now, "created_by": author}
        try:
            with writing(self._engine) as connection:
                row = connection.execute(sa.insert(LISTS_TABLE).values(values).returning(*_COLUMNS)).one()
        except IntegrityError as error:
            raise ListConflictError("Another list of this app has that name.", path="name", name=name) from error
        return PeopleList(*row)

    def get(self, app_id: int, number: int) -> PeopleList:
        """Raises ``ListNotFoundError``."""
        query = _of(app_id).where(LISTS_TABLE.c.id == number)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise ListNotFoundError(f"There is no list {number}.", list=number)
        return PeopleList(*row)

    def page(self, app_id: int, after: int = 0, limit: int = 50) -> list[PeopleList]:
        """Lists by id, those after ``after``."""
        query = _of(app_id).where(LISTS_TABLE.c.id > after).order_by(LISTS_TABLE.c.id).limit(limit)
        with reading(self._engine) as connection:
            return [PeopleList(*row) for row in connection.execute(query)]

    def archive(self, app_id: int, number: int, now: int) -> None:
        """The list is there no more, and its name is free. Raises ``ListNotFoundError``."""
        mine = (LISTS_TABLE.c.app_id == app_id) & (LISTS_TABLE.c.id == number) & LISTS_TABLE.c.archived_at.is_(None)
        with writing(self._engine) as connection:
            done = connection.execute(sa.update(LISTS_TABLE).where(mine).values(archived_at=now))
        if not done.rowcount:
            raise ListNotFoundError(f"There is no list {number}.", list=number)


def _of(app_id: int) -> sa.Select[Any]:
    return sa.select(*_COLUMNS).where(LISTS_TABLE.c.app_id == app_id, LISTS_TABLE.c.archived_at.is_(None))
