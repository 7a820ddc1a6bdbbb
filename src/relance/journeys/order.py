"""Detects whether a person's events arrive in the order in which they happened, without reading history. No I/O.

An event later than everything known of its person is applied as is. If a journey keys its runs by one property, such as a cart's
id, it only has to be later than everything known of its key: people with many carts act on one while time has advanced in
another. Any other event is checked against history (``replay``). Only the newest people and keys are remembered; for all others
there is a horizon after which nothing is known of them.
"""

from __future__ import annotations

from typing import Generic, TypeVar

MOST = 50_000  # people remembered, and keys

Place = int  # twice an instant, plus one for what starts no run: at one instant, entries come first
Person = tuple[int, int]  # app, person
Key = tuple[str, str]  # a property and its value, in the form of runs' keys

_Whose = TypeVar("_Whose")


def place_at(instant: int, *, starts: bool = False) -> Place:
    """The place of an event among others."""
    return 2 * instant if starts else 2 * instant + 1


class _Newest(Generic[_Whose]):
    """The newest place of each; ``horizon``: of those not remembered nothing is known after it."""

    def __init__(self) -> None:
        self.places: dict[_Whose, Place] = {}
        self.horizon: Place = 0

    def start(self, horizon: Place) -> None:
        self.places.clear()
        self.horizon = horizon

    def of(self, whose: _Whose) -> Place:
        return self.places.get(whose, self.horizon)

    def note(self, whose: _Whose, place: Place) -> bool:
        """Note a place; returns whether nothing later was known."""
        known = self.places.get(whose, self.horizon)
        if place > known:
            self.places[whose] = place
            if len(self.places) > MOST:
                self._forget()
        return place >= known

    def take(self, whose: _Whose) -> Place:
        return self.places.pop(whose, self.horizon)

    def _forget(self) -> None:
        """Keep the newer half."""
        self.horizon = sorted(self.places.values())[len(self.places) // 2]
        self.places = {whose: place for whose, place in self.places.items() if place > self.horizon}


class Order:
    """The newest place of each person's events in a journey, and of time's effects on their runs; by key, too."""

    def __init__(self) -> None:
        self._people = _Newest[Person]()
        self._keys = _Newest[int]()  # by hash: two keys with the same hash share the newer place, which is safe
        self._in_all_keys = _Newest[Person]()  # known of a person, but not of which key

    def start(self, now: int) -> None:
        """Forget everything: whatever was settled before happened up to ``now``."""
        self._people.start(max(self._people.horizon, place_at(now)))
        self._keys.start(max(self._keys.horizon, place_at(now)))
        self._in_all_keys.start(0)

    def note(self, person: Person, place: Place) -> bool:
        """Note an event of the person; returns whether nothing later of theirs was known."""
        return self._people.note(person, place)

    def note_of(self, person: Person, key: Key, place: Place) -> bool:
        """Note an event of the person's key; returns whether nothing later of that key was known.

        Whatever is noted of a key must also be noted of the person.
        """
        is_next = self._keys.note(hash((person, key)), place)
        learned = self._in_all_keys
        return is_next and (not learned.places or place >= learned.of(person))  # for most people nothing was

    def learn(self, person: Person, place: Place) -> None:
        """Note an event of the person, of an unknown key."""
        self._people.note(person, place)
        self._in_all_keys.note(person, place)

    def join(self, app_id: int, from_person: int, into_person: int) -> None:
        """What was known of one applies to the other, of an unknown key."""
        known = self._people.take((app_id, from_person))
        self._people.note((app_id, into_person), known)
        self._in_all_keys.note((app_id, into_person), max(known, self._keys.horizon))
