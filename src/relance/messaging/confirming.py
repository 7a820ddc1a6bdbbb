"""The mail that asks whoever reads an address whether it is theirs: one in all, and no word of a visitor's in it.

It goes the way of deliveries, and belongs to none of the app's messages (``message_id`` 0): lists and figures leave it out.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy.engine import Connection

from relance.channels.registry import CONFIRMED
from relance.core.ids import stable_id
from relance.core.time import HOUR
from relance.messaging import store
from relance.messaging.model import DeliveryState
from relance.users.pseudonyms import PLAIN, Pseudonyms, pseudonyms_of
from relance.users.reach import read_named

OF_NO_MESSAGE: Final = 0
MOST_OF_A_PERSON = 3  # that one visitor may cause within an hour


def confirmation_id(app_id: int, address: str, names: Pseudonyms = PLAIN) -> str:
    """An address of an app is asked once: by the same id, however often and by however many it is told."""
    return stable_id("confirmation", app_id, names.address(app_id, CONFIRMED.name, address))


def _ids(connection: Connection, app_id: int, addresses: Iterable[str]) -> tuple[dict[str, str], set[str]]:
    """Address → the id of its mail, and which were asked already; one that an earlier version asked keeps its id."""
    names = pseudonyms_of(connection)
    plain = {each: confirmation_id(app_id, each) for each in addresses}
    named = {each: confirmation_id(app_id, each, names) for each in plain}
    known = {each.id for each in store.deliveries_by_id(connection, app_id, {*plain.values(), *named.values()})}
    ids = {each: plain[each] if plain[each] in known else named[each] for each in plain}
    return ids, {each for each, value in ids.items() if value in known}


class Wish(NamedTuple):
    """A confirmation mail that was not asked for yet: when its address was told, and by whom."""

    told_at: int
    address: str
    person: int


class AskedFor(NamedTuple):
    """How many addresses are asked, from now on or already; which are not, since too many were."""

    addresses: int
    refused: frozenset[str]


def ask_to_confirm(connection: Connection, app_id: int, addresses: Mapping[str, int], *, most: int = 0) -> AskedFor:
    """Write the confirmation mails of these e-mail addresses (with when each was told), but not those that are too many.

    ``most``: of an app within an hour; 0 = any number.
    """
    ids, is_asked = _ids(connection, app_id, addresses)
    held = read_named(connection, app_id, CONFIRMED.name, sorted(addresses))
    wishes = [Wish(addresses[each.address], each.address, each.person_id) for each in held if each.address not in is_asked]
    refused: frozenset[str] = frozenset()
    if wishes:
        since = min(each.told_at for each in wishes) - HOUR
        refused = too_many(wishes, store.asked_since(connection, app_id, OF_NO_MESSAGE, since), most)
    rows = [
        {**blank(app_id, addresses[each.address], CONFIRMED.name), "id": ids[each.address]}
        | {"person_id": each.person_id, "subscription_id": each.id, "address": each.address}
        for each in held
        if each.address not in refused
    ]
    store.insert_deliveries(connection, rows)
    store.hand_on(connection, rows)  # of one that was written before: whoever has the address now
    return AskedFor(len(rows), refused)


def too_many(wishes: Iterable[Wish], before: Sequence[tuple[int, int]], most: int) -> frozenset[str]:
    """The addresses that are not asked: of each person, and of all, so many within an hour were before. Pure.

    ``before``: when, and whose, those were that were asked for so far. It goes by when addresses were told, so that it does not
    matter how many of them a tick happens to see.
    """
    window, of_person = deque(sorted(before)), Counter(person for _, person in before)
    refused = set()
    for told_at, address, person in sorted(wishes):
        while window and window[0][0] <= told_at - HOUR:
            of_person[window.popleft()[1]] -= 1
        if of_person[person] >= MOST_OF_A_PERSON or (most and len(window) >= most):
            refused.add(address)
        else:
            window.append((told_at, person))
            of_person[person] += 1
    return frozenset(refused)


def blank(app_id: int, now: int, channel: str) -> dict[str, Any]:
    """A delivery of no message, as yet to nobody."""
    texts = dict.fromkeys(("run_id", "node", "reason", "detail", "goal_event", "provider_id", "caused_by"), "")
    numbers = dict.fromkeys(("journey_id", "goal_length", "attempts", "conversions"), 0)
    return {
        **texts,
        **numbers,
        "app_id": app_id,
        "channel": channel,
        "message_id": OF_NO_MESSAGE,
        "is_test": False,
        "state": DeliveryState.PENDING.value,
        "created_at": now,
        "due_at": now,
        "direct": False,
        "data": "{}",
    }
