"""Public interface of the suppression list: what ticks and deliveries ask and write, and ``Suppressions`` for operators.

The list is the truth about what is suppressed, and is asked whenever a message leaves. That a subscription shows the state
``suppressed`` follows from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy.engine import Connection, Engine

from relance.channels.registry import KINDS
from relance.core.error_text import ErrorText
from relance.core.trimming import trimmed
from relance.infra.database import reading, writing
from relance.users.pseudonyms import Pseudonyms, pseudonyms_of
from relance.users.suppression import store
from relance.users.suppression.errors import ComplaintStandsError, SuppressionInvalidError, SuppressionNotFoundError
from relance.users.suppression.model import (
    ADDRESS_LIMIT,
    AddressKey,
    NewSuppression,
    Suppression,
    SuppressionReason,
)
from relance.users.suppression.store import SUPPRESSIONS as TABLE

__all__ = ["TABLE", "Suppressions", "canonical", "forget", "listed", "rekey", "reveal", "suppress", "unsuppress"]


def listed(connection: Connection, app_id: int, addresses: Collection[AddressKey]) -> dict[AddressKey, str]:
    """Address → why it is on the list, of those that are."""
    if not addresses or not store.is_any(connection, app_id):
        return {}
    keys: dict[str, list[AddressKey]] = {}
    for each in addresses:
        for key in _keys(connection, app_id, each):
            keys.setdefault(key, []).append(each)
    found = store.reasons(connection, app_id, keys)
    return {each: reason for key, reason in found.items() for each in keys[key]}


def _key(connection: Connection, app_id: int, address: AddressKey) -> str:
    """Under what an address is listed: all spellings that reach the same place are one entry."""
    channel, text = address
    kind = KINDS.get(channel)
    return pseudonyms_of(connection).address(app_id, channel, text if kind is None else kind.delivered_to(text))


def _keys(connection: Connection, app_id: int, address: AddressKey) -> set[str]:
    """The same, and what it was listed under before spellings were told apart."""
    return {_key(connection, app_id, address), pseudonyms_of(connection).address(app_id, *address)}


def suppress(
    connection: Connection, app_id: int, new: Mapping[AddressKey, NewSuppression], *, unknown: Collection[AddressKey] = ()
) -> None:
    """Put addresses on the list; one that is there stays as it is, unless a complaint outranks why.

    Of the addresses in ``unknown`` only the key is stored: nobody has them any more.
    """
    rows: dict[str, tuple[Any, ...]] = {}  # of two spellings the first, unless a complaint outranks it
    for address, each in sorted(new.items()):
        key = _key(connection, app_id, address)
        if key not in rows or each.reason == SuppressionReason.COMPLAINED:
            rows[key] = (app_id, key, address[0], "" if address in unknown else address[1], *_about(each))
    store.put(connection, list(rows.values()))


def _about(new: NewSuppression) -> tuple[Any, ...]:
    return str(new.reason), new.note, new.added_by, new.added_at, new.delivery_id


def unsuppress(connection: Connection, app_id: int, addresses: Iterable[AddressKey]) -> None:
    """Take addresses off the list."""
    store.remove(connection, app_id, [key for each in addresses for key in sorted(_keys(connection, app_id, each))])


def reveal(connection: Connection, app_id: int, addresses: Iterable[AddressKey]) -> None:
    """Somebody brought these addresses, of which only a keyed hash was left: operators find them on the list again."""
    store.reveal(connection, app_id, [(each[1], _key(connection, app_id, each)) for each in sorted(addresses)])


def forget(connection: Connection, app_id: int, addresses: Iterable[AddressKey]) -> None:
    """Their person is deleted: leave nothing of these addresses on the list but a keyed hash."""
    store.forget(connection, app_id, [key for each in addresses for key in sorted(_keys(connection, app_id, each))])


def rekey(connection: Connection, plain: Iterable[tuple[int, str]], names: Pseudonyms) -> None:
    """Replace plain keys (app, key) by keyed ones."""
    store.rekey(connection, {(app_id, key): names.keyed(key) for app_id, key in plain})


def canonical(channel: str, address: str, country: str = "") -> str:
    """The one form of an address under which it is listed. ``country``: by whose rules a national form is read, such as a phone
    number without + and country code. Raises ``SuppressionInvalidError`` at ``channel`` or ``address``.
    """
    kind, text = KINDS.get(channel), trimmed(address)
    if kind is None:
        raise SuppressionInvalidError(
            ErrorText("not_one_of", "{got!r} is not one of {values}.", got=channel[:100], values=tuple(KINDS)), path="channel"
        )
    national = kind.from_trait(text, country) if country and kind.from_trait is not None else None
    found = national or kind.canonical_address(text)
    if not found or len(found) > ADDRESS_LIMIT or "\x00" in found or not kind.is_address(found):
        raise SuppressionInvalidError(
            ErrorText("suppression_address", "{got!r} cannot be an address of this channel.", got=text[:100]), path="address"
        )
    return found


class Suppressions:
    """The suppression list of each app. The subscriptions of who has an address are told by an event of the caller's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(
        self,
        app_id: int,
        *,
        before: int | None = None,
        limit: int = 50,
        channel: str | None = None,
        reason: SuppressionReason | None = None,
        beginning: str = "",
    ) -> list[Suppression]:
        """Newest first; ``before`` is the id of the last one of the page before, ``beginning`` how the address begins."""
        filters = {name: value for name, value in (("channel", channel), ("reason", reason and reason.value)) if value}
        with reading(self._engine) as connection:
            return store.entries(connection, app_id, before, limit, filters, beginning)

    def counts(self, app_id: int) -> dict[tuple[str, str], int]:
        """(channel, reason) → how many addresses."""
        with reading(self._engine) as connection:
            return store.counts(connection, app_id)

    def get(self, app_id: int, number: int) -> Suppression:
        """Raises ``SuppressionNotFoundError``."""
        with reading(self._engine) as connection:
            return _found(store.entry(connection, app_id, number))[0]

    def find(self, app_id: int, channel: str, address: str) -> Suppression:
        """The entry of an address in its canonical form. Raises ``SuppressionNotFoundError``."""
        with reading(self._engine) as connection:
            keys = sorted(_keys(connection, app_id, (channel, address)))
            return _found(next(filter(None, (store.entry_at(connection, app_id, key) for key in keys)), None))[0]

    def at(self, app_id: int, channel: str, address: str) -> str:
        """Why an address in its canonical form is on the list; empty if it is not."""
        with reading(self._engine) as connection:
            return listed(connection, app_id, [(channel, address)]).get((channel, address), "")

    def add(self, app_id: int, new: Mapping[AddressKey, NewSuppression]) -> set[AddressKey]:
        """Put addresses, in canonical form, on the list; returns those that were not on it."""
        with writing(self._engine) as connection:
            before = listed(connection, app_id, new)
            suppress(connection, app_id, new)
        return {key for key in new if key not in before}

    def hide(self, app_id: int, channel: str, address: str, new: NewSuppression) -> None:
        """Put an address on the list of which only its keyed hash may be stored, since its person was deleted."""
        with writing(self._engine) as connection:
            suppress(connection, app_id, {(channel, address): new}, unknown=[(channel, address)])

    def remove(self, app_id: int, number: int, *, lifts_complaint: bool = False) -> Suppression:
        """Take an entry off the list; returns it.

        Raises ``SuppressionNotFoundError``, or ``ComplaintStandsError`` where its reader complained and the caller does not say
        that this is to be lifted.
        """
        with writing(self._engine) as connection:
            found, key = _found(store.entry(connection, app_id, number, lock=True))
            if found.reason is SuppressionReason.COMPLAINED and not lifts_complaint:
                raise ComplaintStandsError(
                    ErrorText(
                        "complaint_stands",
                        "Whoever reads this address reported a message as spam. Writing to it again harms all sending from your"
                        " domain: send lift_complaint=true only if they asked for messages again.",
                    ),
                    path="lift_complaint",
                )
            store.remove(connection, app_id, [key])
        return found


def _found(entry: tuple[Suppression, str] | None) -> tuple[Suppression, str]:
    if entry is None:
        raise SuppressionNotFoundError(ErrorText("suppression_unknown", "There is no such entry on the suppression list."))
    return entry
