"""Static lists: a name, and the people on it. Membership is stored with the person and changes through the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from relance.core.encoding import from_json
from relance.core.error_text import ErrorText
from relance.infra.database import among, reading, writing
from relance.users.errors import ListConflictError, ListNotFoundError
from relance.users.model import LISTS, PeopleList, Person
from relance.users.reading import read_people
from relance.users.store import LISTS_TABLE, TRAITS

_MANY = 1_000  # people read per query
# The database can only search the text itself; people on no list are excluded before any text is read.
_ON_ANY = TRAITS.c.traits.contains(f'"{LISTS}":')
_COLUMNS = [LISTS_TABLE.c[name] for name in PeopleList.__struct_fields__]


class Lists:
    """The static lists of all apps; every method concerns one app."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, app_id: int, name: str, now: int, author: str = "") -> PeopleList:
        """Raises ``ListConflictError`` if the app has a list of that name."""
        values = {"app_id": app_id, "name": name, "created_at": now, "created_by": author}
        try:
            with writing(self._engine) as connection:
                row = connection.execute(sa.insert(LISTS_TABLE).values(values).returning(*_COLUMNS)).one()
        except IntegrityError as error:
            raise ListConflictError(
                ErrorText("list_name_taken", "Another list of this app has that name."), path="name", name=name
            ) from error
        return PeopleList(*row)

    def get(self, app_id: int, number: int) -> PeopleList:
        """Raises ``ListNotFoundError``."""
        query = _of(app_id).where(LISTS_TABLE.c.id == number)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise ListNotFoundError(ErrorText("list_unknown", "There is no list {list}.", list=number), list=number)
        return PeopleList(*row)

    def page(self, app_id: int, after: int = 0, limit: int = 50) -> list[PeopleList]:
        """Lists after ``after``, by id."""
        query = _of(app_id).where(LISTS_TABLE.c.id > after).order_by(LISTS_TABLE.c.id).limit(limit)
        with reading(self._engine) as connection:
            return [PeopleList(*row) for row in connection.execute(query)]

    def sizes(self, app_id: int) -> dict[int, int]:
        """List → number of people on it. Scans the app's people: half a second per million."""
        found: Counter[int] = Counter()
        with reading(self._engine) as connection:
            numbers = connection.scalars(_of(app_id).with_only_columns(LISTS_TABLE.c.id)).all()
            for text in connection.scalars(sa.select(TRAITS.c.traits).where(TRAITS.c.app_id == app_id, _ON_ANY)):
                found.update(from_json(text).get(LISTS, ()))
        return {number: found[number] for number in numbers}

    def people(self, app_id: int, number: int, after: int = 0, limit: int = 50) -> list[Person]:
        """The people on a list after ``after``, by id. Raises ``ListNotFoundError``."""
        self.get(app_id, number)
        found: list[int] = []
        with reading(self._engine) as connection:
            while len(found) < limit:
                mine = (TRAITS.c.app_id == app_id) & (TRAITS.c.person_id > after) & _ON_ANY
                query = sa.select(TRAITS.c.person_id, TRAITS.c.traits).where(mine).order_by(TRAITS.c.person_id).limit(_MANY)
                rows = connection.execute(query).all()
                found += [person for person, traits in rows if number in from_json(traits).get(LISTS, ())]
                if len(rows) < _MANY:
                    break
                after = rows[-1].person_id
            return read_people(connection, app_id, found[:limit])

    def of_person(self, app_id: int, person: int) -> list[PeopleList]:
        """The lists a person is on, by id."""
        with reading(self._engine) as connection:
            traits = connection.scalar(sa.select(TRAITS.c.traits).where(TRAITS.c.app_id == app_id, TRAITS.c.person_id == person))
            numbers = from_json(traits).get(LISTS, ()) if traits else ()
            query = _of(app_id).where(among(connection, LISTS_TABLE.c.id, sorted(numbers))).order_by(LISTS_TABLE.c.id)
            return [PeopleList(*row) for row in connection.execute(query)]

    def archive(self, app_id: int, number: int, now: int, *, check: Callable[[Connection], None] = lambda _: None) -> None:
        """Archive the list and free its name. Raises ``ListNotFoundError``.

        ``check`` raises if something depends on it; it is called while nothing can start to (``hold_lists``).
        """
        with writing(self._engine) as connection:
            if not hold_lists(connection, app_id, (number,), alone=True):
                raise ListNotFoundError(ErrorText("list_unknown", "There is no list {list}.", list=number), list=number)
            check(connection)
            mine = (LISTS_TABLE.c.app_id == app_id) & (LISTS_TABLE.c.id == number)
            connection.execute(sa.update(LISTS_TABLE).where(mine).values(archived_at=now))


def hold_lists(connection: Connection, app_id: int, numbers: Collection[int], *, alone: bool = False) -> set[int]:
    """Those of these lists that are not archived, locked against archiving until the transaction ends. ``alone``: exclusively."""
    query = _of(app_id).with_only_columns(LISTS_TABLE.c.id).where(LISTS_TABLE.c.id.in_(numbers)).order_by(LISTS_TABLE.c.id)
    return set(connection.scalars(query.with_for_update(read=not alone)))


def _of(app_id: int) -> sa.Select[Any]:
    return sa.select(*_COLUMNS).where(LISTS_TABLE.c.app_id == app_id, LISTS_TABLE.c.archived_at.is_(None))
