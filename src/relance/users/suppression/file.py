"""Suppressed addresses as a file: what its rows say, and what is wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple
from unicodedata import normalize

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.spreadsheets import restored
from relance.users.suppression.errors import SuppressionInvalidError
from relance.users.suppression.model import NOTE_LIMIT, AddressKey, NewSuppression, SuppressionReason

COLUMNS = ("channel", "address", "reason", "note", "added_by", "added_at")
_ADDRESSES = frozenset(
    (
        *("address", "email", "emailaddress", "mail", "phone", "phonenumber", "mobile", "number", "recipient"),
        *("adresse", "adresseemail", "adressemail", "courriel", "telephone", "numero"),
    )
)
_OTHERS = frozenset(("channel", "country", "reason", "note"))


class BadRow(NamedTuple):
    """A row that names no address, and why."""

    line: int
    text: ErrorText


class GoodRow(NamedTuple):
    """A row that names one."""

    key: AddressKey
    new: NewSuppression


def read_rows(
    rows: Iterable[tuple[int, Sequence[str]]],
    channel: str,
    canonical: Callable[[str, str, str], str],
    by: str,
    now: int,
    country: str = "",
) -> Iterator[GoodRow | BadRow]:
    """What the numbered rows say.

    The first may name the columns ``address`` (or ``email``), ``channel``, ``country``, ``reason`` and ``note``; without such a
    row the first column has the addresses.

    ``channel`` and ``country`` are those of rows that name none; ``canonical`` raises ``SuppressionInvalidError`` for what is no
    address.
    """
    places: dict[str, int] = {}
    for line, cells in rows:
        if not places:
            places = _head(cells) or {"address": 0}
            if places != {"address": 0} or _plain(cells[0]) in _ADDRESSES:
                continue
        named = {name: restored(cells[place]) for name, place in places.items() if place < len(cells)}
        try:
            yield _row(named, channel, canonical, by, now, country)
        except InvalidError as error:
            yield BadRow(line, error.text)


def _head(cells: Sequence[str]) -> dict[str, int]:
    """Column → place; empty if the row is no head."""
    named = [_plain(cell) for cell in cells]
    found = {name: place for place, name in enumerate(named) if name in _OTHERS}
    place = next((place for place, name in enumerate(named) if name in _ADDRESSES), None)
    return {} if place is None else {**found, "address": place}


def _plain(name: str) -> str:
    """A column's name without what people spell differently: ``Email Address``, ``E-mail_address``, ``Téléphone``."""
    letters = normalize("NFKD", name).casefold()
    return "".join(each for each in letters if each.isalpha())


def _row(
    named: dict[str, str], channel: str, canonical: Callable[[str, str, str], str], by: str, now: int, country: str
) -> GoodRow:
    of = named.get("channel", "").lower() or channel
    reason = named.get("reason", "").lower() or SuppressionReason.IMPORTED.value
    if reason not in tuple(SuppressionReason):
        raise SuppressionInvalidError(
            ErrorText("not_one_of", "{got!r} is not one of {values}.", got=reason[:100], values=tuple(SuppressionReason)),
            path="reason",
        )
    note = named.get("note", "")
    if len(note) > NOTE_LIMIT:
        raise SuppressionInvalidError(
            ErrorText("suppression_note", "A note has at most {most} characters (got {got:,}).", most=NOTE_LIMIT, got=len(note)),
            path="note",
        )
    said = named.get("country", "").upper()
    by_rules_of = said if len(said) == 2 else country
    return GoodRow((of, canonical(of, named.get("address", ""), by_rules_of)), NewSuppression(reason, now, by, note))
