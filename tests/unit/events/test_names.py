"""How many names of events an app may have."""

from __future__ import annotations

from typing import Any

from relance.events.model import Event
from relance.events.names import EventNames


class Past:
    """A history that holds some names, whoever asks."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def run(self, _select: Any) -> list[tuple[str]]:
        return [(name,) for name in self.names]


def events(*names: str, app: int = 1, kind: str = "track") -> list[Event]:
    return [Event(app, kind, name, f"m-{place}") for place, name in enumerate(names)]


def test_names_that_are_new_and_too_many_are_refused() -> None:
    names = EventNames(Past("a"), most=3)
    assert names.refused(events("a", "b", "b", "c", "d", "a", "e")) == {(1, "d"), (1, "e")}
    assert names.refused(events("b", "d")) == {(1, "d")}
    assert names.refused(events("x", app=2)) == set()


def test_our_own_names_and_those_of_pages_are_not_counted() -> None:
    names = EventNames(Past("a"), most=1)
    assert names.refused([*events("page", kind="page"), *events("message_sent", kind="derived"), *events("a")]) == set()


def test_what_was_not_committed_is_forgotten() -> None:
    names = EventNames(Past(), most=1)
    assert names.refused(events("a")) == set()
    names.drop()
    assert names.refused(events("b", "a")) == {(1, "a")}


def test_what_every_app_has_is_told_from_the_names_alone() -> None:
    names = EventNames(Past(), most=2)
    assert not names.has_all({1}, [("track", "a")])
    names.refused(events("a", "b"))
    assert names.has_all({1}, [("track", "a"), ("track", "b"), ("page", "c")])
    assert not names.has_all({1}, [("track", "a"), ("track", "c")])
    assert not names.has_all({1, 2}, [("track", "a")])
    assert names.has_all({1, 2}, [("page", "c")])
