"""Rules may ask for a person's country, language and zone: told when they change, and read the same for everybody."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from relance.users.service import read_traits
from tests.store.users.test_profiles import identify
from tests.store.users.ticks import Player
from tests.unit.users.streams import event


def test_facts_are_told_when_they_change_and_read_for_everybody(state: Engine) -> None:
    player = Player(state)
    stream = [
        [identify("u1", plan="free"), event(user="u2")],
        [event(user="u1", context={"locale": "fr-CA"})],  # of a person whose traits need not be in memory
        [event(user="u1", context={"locale": "fr-CA"}), event(user="u2", context={"timezone": "Asia/Tokyo"})],
        [event("alias", "u2", body={"previous_id": "u1"})],
    ]
    told = []
    for events in stream:
        player.people.drop()
        with state.begin() as connection:
            player.people.begin(connection, 0)
            persons = player.people.resolve(events).persons
            player.people.fold(events, persons, [False] * len(events))
            told.append(player.people.changed_traits())
            player.people.flush()
    canadian = {"country": "CA", "language": "fr"}
    both = {"plan": "free", "$person": {**canadian, "time_zone": "Asia/Tokyo"}}
    assert told == [
        {(1, 1): {"plan": "free"}},
        {(1, 1): {"plan": "free", "$person": canadian}},
        {(1, 2): {"$person": {"time_zone": "Asia/Tokyo"}}},
        {(1, 2): both},
    ]
    with state.begin() as connection:
        assert list(read_traits(connection, 1)) == [(2, both)]
