"""Whose events come in the order in which they happened: all that most events need to be asked. No I/O.

An event that comes after everything known of its person is heard as it comes. Any other is looked at with history (``replay``).
Only the newest people are remembered; of all others it is known up to when nothing later was heard of them.
"""

from __future__ import annotations

MOST = 50_000  # people remembered

Place = tuple[int, int]  # an instant, and 0 for what starts runs, 1 for anything else: entering comes first
Person = tuple[int, int]  # app, person


class Order:
    """The place of the newest thing that each person did in a journey, or that time did to one of their runs."""

    def __init__(self) -> None:
        self._newest: dict[Person, Place] = {}
        self._horizon: Place = (0, 1)  # of whoever is not remembered nothing is known after it

    def start(self, now: int) -> None:
        """Nothing is remembered: all that was settled before happened up to ``now``."""
        self._newest.clear()
        self._horizon = max(self._horizon, (now, 1))

    def is_next(self, person: Person, place: Place) -> bool:
        """Whether nothing of this person that comes after the place was heard."""
        return place >= self._newest.get(person, self._horizon)

    def note(self, person: Person, place: Place) -> None:
        """Something happened to the person."""
        known = self._newest.get(person, self._horizon)
        if place > known:
            self._newest[person] = place
            if len(self._newest) > MOST:
                self._forget()

    def join(self, app_id: int, from_person: int, into_person: int) -> None:
        """What was known of one is known of the other."""
        known = self._newest.pop((app_id, from_person), None)
        if known is not None:
            self.note((app_id, into_person), known)

    def _forget(self) -> None:
        """Remember the newer half."""
        self._horizon = sorted(self._newest.values())[len(self._newest) // 2]
        self._newest = {person: place for person, place in self._newest.items() if place > self._horizon}
