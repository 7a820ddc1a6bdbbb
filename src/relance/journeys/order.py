"""Whose events come in the order in which they happened: all that most events need to be asked. No I/O.

An event that comes after everything known of its person is heard as it comes. Where all that a journey hears is told apart by
one property, as a cart's id, it is enough that it comes after everything known of its key: who has many carts does something
in one while another has gone on. Any other event is looked at with history (``replay``).
Only the newest people and keys are remembered; of all others it is known up to when nothing later was heard of them.
"""

from __future__ import annotations

from typing import Generic, TypeVar

MOST = 50_000  # people remembered, and keys

Place = int  # twice an instant, and one more for what starts no run: of what happens at one instant entering comes first
Person = tuple[int, int]  # app, person
Key = tuple[str, str]  # a property and its value, as keys of runs are written

_Whose = TypeVar("_Whose")


def place_at(instant: int, *, starts: bool = False) -> Place:
    """Where something stands among others."""
    return 2 * instant if starts else 2 * instant + 1


class _Newest(Generic[_Whose]):
    """The newest place of each; ``horizon``: of whoever is not remembered nothing is known after it."""

    def __init__(self) -> None:
        self.places: dict[_Whose, Place] = {}
        self.horizon: Place = 0

    def start(self, horizon: Place) -> None:
        self.places.clear()
        self.horizon = horizon

    def of(self, whose: _Whose) -> Place:
        return self.places.get(whose, self.horizon)

    def note(self, whose: _Whose, place: Place) -> bool:
        """Something was at this place; returns whether nothing later was known."""
        known = self.places.get(whose, self.horizon)
        if place > known:
            self.places[whose] = place
            if len(self.places) > MOST:
                self._forget()
        return place >= known

    def take(self, whose: _Whose) -> Place:
        return self.places.pop(whose, self.horizon)

    def _forget(self) -> None:
        """Remember the newer half."""
        self.horizon = sorted(self.places.values())[len(self.places) // 2]
        self.places = {whose: place for whose, place in self.places.items() if place > self.horizon}


class Order:
    """The place of the newest thing that each person did in a journey, or that time did to one of their runs; by key, too."""

    def __init__(self) -> None:
        self._people = _Newest[Person]()
        self._keys = _Newest[int]()  # by hash: of two keys with one hash the newer place holds for both, which is safe
        self._in_all_keys = _Newest[Person]()  # what was learned of a person without knowing of which key

    def start(self, now: int) -> None:
        """Nothing is remembered: all that was settled before happened up to ``now``."""
        self._people.start(max(self._people.horizon, place_at(now)))
        self._keys.start(max(self._keys.horizon, place_at(now)))
        self._in_all_keys.start(0)

    def note(self, person: Person, place: Place) -> bool:
        """Something happened to the person; returns whether nothing of theirs that comes after the place was known."""
        return self._people.note(person, place)

    def note_of(self, person: Person, key: Key, place: Place) -> bool:
        """… and it was about this key; returns whether nothing of it that comes after was known.

        Whatever is noted of keys has to be noted of the person as well.
        """
        is_next = self._keys.note(hash((person, key)), place)
        learned = self._in_all_keys
        return is_next and (not learned.places or place >= learned.of(person))  # of most people nothing was

    def learn(self, person: Person, place: Place) -> None:
        """Something happened to the person, of whatever key."""
        self._people.note(person, place)
        self._in_all_keys.note(person, place)

    def join(self, app_id: int, from_person: int, into_person: int) -> None:
        """What was known of one is known of the other: by key of neither."""
        known = self._people.take((app_id, from_person))
        self._people.note((app_id, into_person), known)
        self._in_all_keys.note((app_id, into_person), max(known, self._keys.horizon))
