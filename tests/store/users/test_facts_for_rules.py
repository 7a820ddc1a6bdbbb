"""Rules may ask for a person's country, language and zone: told when they change, and read the same for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.engine import Connection, Engine

from relance.users.rule_facts import ALL, ProfileRows, tabled
from relance.users.service import Directory, PeopleReader, read_traits
from tests.store.users.test_profiles import edit, identify
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
    reported = []
    for events in stream:
        player.people.drop()
        with state.begin() as connection:
            player.people.begin(connection, 0)
            persons = player.people.resolve(events).persons
            player.people.fold(events, persons, [False] * len(events))
            reported.append(player.people.changed_traits())
            player.people.flush()
    canadian = {"country": "CA", "language": "fr", "country_source": "locale", "language_source": "locale"}
    asian = {"time_zone": "Asia/Tokyo", "time_zone_source": "event"}
    both = {"plan": "free", "$person": {**canadian, **asian}}
    assert reported == [
        {(1, 1): {"plan": "free"}},
        {(1, 1): {"plan": "free", "$person": canadian}},
        {(1, 2): {"$person": asian}},
        {(1, 2): both},
    ]
    with state.begin() as connection:
        assert list(read_traits(connection, 1)) == [(2, both)]


def test_a_place_is_told_in_degrees(state: Engine) -> None:
    player = Player(state)
    brest = {"latitude": 48.39, "longitude": -4.486}
    nowhere = {"latitude": 148.39, "longitude": -4.486}
    stream = [event(user="u1", context={"location": brest}), event(user="u1", context={"location": nowhere})]
    with state.begin() as connection:
        player.people.begin(connection, 0)
        player.people.fold(stream, player.people.resolve(stream).persons, [False, False])
        assert player.people.changed_traits() == {(1, 1): {"$person": brest}}
        player.people.flush()
        assert list(read_traits(connection, 1)) == [(1, {"$person": brest})]


def test_the_places_of_all_people_are_read_at_once(state: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relance.users.reading._SPOTS", 2)
    player = Player(state)
    reported: list[Any] = [{"latitude": 48.39, "longitude": -4.486}, {"city": 'x"latitude"'}, {"latitude": 1}, None]
    reported += [{"latitude": -0.000001, "longitude": 180, "city": "Suva"}, {"latitude": 90, "longitude": 1.5}]
    stream = [event(user=f"u{n}", context={"location": each}) for n, each in enumerate(reported)]
    with state.begin() as connection:
        player.people.begin(connection, 0)
        player.people.fold(stream, player.people.resolve(stream).persons, [False] * len(reported))
        player.people.flush()
        assert found(connection, (-90, -180, 90, 180)) == [(1, 48.39, -4.486), (5, -0.000001, -180), (6, 90, 1.5)]
        assert found(connection, (-0.000001, -180, 48.39, -4.486)) == [(1, 48.39, -4.486), (5, -0.000001, -180)]
        assert found(connection, (0.5, -180, 90, 1)) == [(1, 48.39, -4.486)]
        assert list(PeopleReader(connection, 2).spots((-90, -180, 90, 180))) == []


def test_whose_traits_have_a_text_is_read_at_once(state: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relance.users.reading._PAGE", 2)
    player = Player(state)
    reported: list[dict[str, Any]] = [{"plan": "gold"}, {"PLAN": "GOLD"}, {"note": 'of "gold" %_'}, {}, {"a": {"plan": None}}]
    reported += [{"plan": "silver", "other": 1}, {"plan": "gold"}]
    stream = [identify(f"u{n}", **each) for n, each in enumerate(reported)]
    stream.append(event("alias", "u0", body={"previous_id": "u6"}))
    with state.begin() as connection:
        player.people.begin(connection, 0)
        player.people.fold(stream, player.people.resolve(stream).persons, [False] * len(stream))
        player.people.flush()
        gold, others = '{"plan":"gold"}', [(5, '{"a":{"plan":null}}'), (6, '{"other":1,"plan":"silver"}')]
        assert mentioning(connection, '"plan"') == [(1, gold), *others]
        assert mentioning(connection, '"gold"') == [(1, gold)]
        assert mentioning(connection, '"silver"', '"gold"') == [(1, gold), others[1]]
        assert mentioning(connection, r"\"gold\" %_") == [(3, r'{"note":"of \"gold\" %_"}')]
        assert mentioning(connection, '"pl%"') == mentioning(connection) == []
        assert list(PeopleReader(connection, 2).mentioning(['"plan"'])) == []


def mentioning(connection: Connection, *signs: str) -> list[Any]:
    """Whose traits have one of these texts."""
    return [one for portion in PeopleReader(connection, 1).mentioning(signs) for one in zip(*portion, strict=True)]


def found(connection: Connection, within: tuple[float, float, float, float]) -> list[Any]:
    """Who is in a box, and where."""
    return [one for portion in PeopleReader(connection, 1).spots(within) for one in zip(*portion, strict=True)]


def test_what_every_activity_changes_and_what_tables_hold_is_told_where_it_is_asked_for(state: Engine) -> None:
    player = Player(state)
    stream = [
        [identify("u1", email="a@example.org"), event(user="u1", at=1)],
        [event(user="u1", at=3), identify("u2", at=0)],
        [edit(1, consent={"channel": "email", "topic": "offers", "granted": True})],
        [identify("u2", email="a@example.org", at=4)],
    ]
    reported = []
    for events in stream:
        with state.begin() as connection:
            player.people.begin(connection, 0, asked={1: ALL})
            persons = player.people.resolve(events).persons
            player.people.fold(events, persons, [False] * len(events))
            player.people.flush()
            reported.append({person: found["$person"] for (_, person), found in player.people.changed_traits().items()})
    seen = {"first_seen": "2025-06-15T15:06:40.000Z", "last_seen": "2025-06-15T15:07:40.000Z"}
    one = {"aliases": ["email", "user_id"], "channels": {"email": "subscribed"}, "session_seconds": 0.0}
    assert reported[0] == {1: {**seen, **one, "average_session_seconds": 0.0}}
    later = {**seen, **one, "last_seen": "2025-06-15T15:09:40.000Z", "session_seconds": 120.0, "average_session_seconds": 120.0}
    assert reported[1][1] == later
    assert reported[1][2] == {"first_seen": seen["first_seen"], "last_seen": seen["first_seen"], "aliases": ["user_id"]}
    agreed = {**later, "consents": ["email/offers"], "granted": ["email/offers"]}
    assert reported[2] == {1: agreed}
    without = {name: value for name, value in agreed.items() if name != "channels"} | {"aliases": ["user_id"]}
    assert reported[3][1] == without  # the address is another's now
    assert reported[3][2]["channels"] == {"email": "subscribed"}
    with state.begin() as connection:
        assert {person: found["$person"] for person, found in read_traits(connection, 1, ALL)} == {**reported[3]}
        assert [found for _, found in read_traits(connection, 1)] == [{"email": "a@example.org"}] * 2
    assert Directory(state).rule_facts(1, 1)["$person"] == without


def test_a_channel_is_as_its_addresses_and_the_general_consent_are() -> None:
    def channels(subscriptions: list[tuple[str, str]], *consents: tuple[str, str, bool]) -> Any:
        return tabled(ProfileRows([], subscriptions, list(consents)))["channels"]

    assert channels([("email", "gone")]) is None
    assert channels([("email", "unsubscribed"), ("email", "subscribed"), ("email", "gone")]) == {"email": "subscribed"}
    assert channels([("email", "suppressed"), ("web_push", "unsubscribed")]) == {
        "email": "unsubscribed",
        "web_push": "unsubscribed",
    }
    assert channels([("email", "subscribed")], ("email", "general", False)) == {"email": "opted_out"}
    assert channels([("email", "subscribed")], ("email", "offers", False)) == {"email": "subscribed"}
    assert channels([], ("email", "general", False)) is None
