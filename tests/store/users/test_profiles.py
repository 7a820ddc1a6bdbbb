"""Traits, subscriptions, consents, deletion and reads, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.engine import Engine

from relance.users.errors import PersonNotFoundError
from relance.users.service import Directory
from tests.store.users.ticks import Player, rows
from tests.unit.users.streams import MINUTE, START, event

PUSH = {"endpoint": "https://push.example/1", "keys": {"p256dh": "k", "auth": "a"}}


def identify(user: str, *, anonymous: str = "", at: int = 0, context: dict[str, Any] | None = None, **traits: Any) -> Any:
    return event("identify", user, anonymous, at, body=traits, context=context or {})


def edit(person: int, at: int = 0, **body: Any) -> Any:
    return event("edit", at=at, person_id=person, body=body)


def test_identify_sets_traits_and_null_deletes_one(state: Engine) -> None:
    Player(state).tick([identify("u1", plan="free", age=3), identify("u1", plan="pro", age=None, at=1)])
    person = Directory(state).get(1, 1)
    assert person.traits == {"plan": "pro"}
    assert (person.external_id, person.first_seen, person.last_seen, person.version) == ("u1", START, START + MINUTE, 3)


def test_place_and_language_come_from_traits_and_context_and_late_events_only_fill_gaps(state: Engine) -> None:
    player, directory = Player(state), Directory(state)
    player.tick([event(user="u1", context={"locale": "fr-FR"})])
    player.tick([event(user="u1", context={"locale": "de-DE", "timezone": "Europe/Berlin"})], late=True)
    person = directory.get(1, 1)
    assert (person.language, person.country, person.timezone) == ("fr", "FR", "Europe/Berlin")
    player.tick([identify("u1", address={"country": "jp"})])
    assert directory.get(1, 1).country == "JP"


def test_email_trait_is_a_subscription_and_an_alias_until_another_takes_it(state: Engine) -> None:
    player, directory = Player(state), Directory(state)
    player.tick([identify("u1", email="Ada@Example.com")])
    player.tick([identify("u2", email="ada@example.com", at=1)])
    (row,) = directory.subscriptions(1, 2)
    assert (row.channel, row.address, row.state) == ("email", "ada@example.com", "subscribed")
    assert directory.subscriptions(1, 1) == []
    found = directory.find(1, "email", "ADA@example.com")
    assert found is not None
    assert found.id == 2


def test_changed_email_ends_the_old_address(state: Engine) -> None:
    Player(state).tick([identify("u1", email="old@example.com"), identify("u1", email="new@example.com")])
    states = {row.address: row.state for row in Directory(state).subscriptions(1, 1)}
    assert states == {"old@example.com": "gone", "new@example.com": "subscribed"}


def test_push_subscription_follows_the_last_to_sign_in_on_the_device(state: Engine) -> None:
    player, directory = Player(state), Directory(state)
    player.tick([event(user="u1", context={"device": {"push": PUSH, "model": "Phone"}})])
    player.tick([event(user="u2", context={"device": {"push": PUSH, "model": "Phone"}})])
    (row,) = directory.subscriptions(1, 2, "web_push")
    assert (row.address, row.secret, row.device) == (PUSH["endpoint"], PUSH["keys"], {"model": "Phone"})
    assert directory.addresses(1, [1, 2], "web_push") == {2: [row]}


def test_own_no_outlives_a_new_sign_in_and_an_ended_address_comes_back(state: Engine) -> None:
    player, directory = Player(state), Directory(state)
    player.tick([identify("u1", email="a@example.com", context={"device": {"push": PUSH}})])
    push, email = directory.subscriptions(1, 1, "web_push")[0], directory.subscriptions(1, 1, "email")[0]
    gone = edit(1, subscription={"id": push.id, "state": "gone"})
    silence = edit(1, subscription={"address": "a@example.com", "state": "unsubscribed"})
    stranger = edit(1, subscription={"id": push.id + email.id + 99, "state": "suppressed"})
    player.tick([gone, silence, stranger])
    assert {row.channel: row.state for row in directory.subscriptions(1, 1)} == {"web_push": "gone", "email": "unsubscribed"}
    player.tick([identify("u1", email="a@example.com", context={"device": {"push": PUSH}})])
    assert {row.channel: row.state for row in directory.subscriptions(1, 1)} == {
        "web_push": "subscribed",
        "email": "unsubscribed",
    }


def test_edit_of_somebody_elses_subscription_does_nothing(state: Engine) -> None:
    player, directory = Player(state), Directory(state)
    player.tick([identify("u1", email="a@example.com"), identify("u2")])
    player.tick([edit(2, subscription={"address": "a@example.com", "state": "unsubscribed"})])
    assert directory.subscriptions(1, 1)[0].state == "subscribed"


def test_newest_consent_holds_in_whatever_order_it_arrives(state: Engine) -> None:
    player, directory = Player(state), Directory(state)
    player.tick(
        [
            identify("u1", consent={"email": True}, at=1),
            edit(1, 9, consent={"channel": "email", "granted": False, "source": "unsubscribe"}),
        ]
    )
    player.tick([identify("u1", marketing_consent=True, at=5)])
    assert directory.granted(1, [1], "email", "general") == {1: False}
    assert directory.granted(1, [1], "web_push", "general") == {1: True}
    assert [row.source for row in directory.consents(1, 1)] == ["unsubscribe", "identify", "identify"]
    assert "consent" not in directory.get(1, 1).traits


def test_merge_keeps_the_winners_values_and_moves_the_rest(state: Engine) -> None:
    player, directory = Player(state), Directory(state)
    player.tick(
        [identify("u1", email="one@example.com", plan="free", age=3), identify("u2", email="two@example.com", plan="pro", at=5)]
    )
    player.tick([event("merge", at=6, body={"from": 1, "into": 2})])
    person = directory.get(1, 1)
    assert (person.id, person.external_id, person.first_seen) == (2, "u2", START)
    assert person.traits == {"email": "two@example.com", "plan": "pro", "age": 3}
    assert {row.address: row.state for row in directory.subscriptions(1, 1)} == {
        "one@example.com": "gone",
        "two@example.com": "subscribed",
    }
    assert directory.all_ids(1, 1) == (1, 2)
    assert directory.resolve(1, 1) == 2
    assert [(row["from_id"], row["into_id"], row["cause"]) for row in directory.export(1, 1)["merged"]] == [(1, 2, "merge")]


def test_address_taken_before_a_late_identify_is_the_same_however_the_log_is_cut(state: Engine) -> None:
    context = {"device": {"token": "phone"}}
    stream = [event(anonymous="a1", context=context), identify("u1", at=1, context=context), identify("u1", anonymous="a1", at=2)]
    whole, single = Player(state), Player(state)
    whole.tick(stream)
    for each in stream:
        each.app_id = 2
        single.tick([each])
    assert rows(state, 1) == rows(state, 2)


def test_deleted_person_leaves_nothing_but_hashes_and_late_events_are_refused(state: Engine) -> None:
    player, directory = Player(state), Directory(state)
    player.tick(
        [identify("u1", anonymous="a1", email="a@example.com", consent={"email": True}), event(user="u1", anonymous="a2")]
    )
    player.tick([event("delete", at=10, body={"person": 1})])
    left = rows(state, 1)
    assert {name for name, found in left.items() if found} == {"tombstones", "user_counters"}
    with pytest.raises(PersonNotFoundError):
        directory.get(1, 1)
    player = Player(state)
    player.tick(
        [
            event(user="u1", at=9),
            event(anonymous="a1", at=10),
            event(user="u1", anonymous="new", at=9),
            event("derived", person_id=1, at=11),
        ]
    )
    assert player.persons == [0, 0, 0, 0]
    assert set(player.resolutions[0].refused.values()) == {"deleted_person"}
    player.tick([event(user="u1", at=11), event(user="u9", anonymous="a1", at=9)])
    assert player.persons[4:] == [2, 3]
    assert not [alias for alias in directory.aliases(1, 3) if alias.kind == "anonymous_id"]


def test_deletion_names_every_id_the_person_had_and_is_repeatable(state: Engine) -> None:
    player = Player(state)
    player.tick([identify("u1"), identify("u2"), event("merge", body={"from": 1, "into": 2})])
    player.tick([event("delete", at=1, body={"person": 1}), event("delete", at=2, body={"person": 2})])
    first, again = player.resolutions[-2:]
    assert [(row.person_id, row.persons) for row in first.deleted] == [(2, (1, 2))]
    assert (again.deleted, again.refused) == ([], {0: "deleted_person"})


def test_events_of_unknown_people_are_refused(state: Engine) -> None:
    player = Player(state)
    player.tick([event("derived", person_id=7), event("merge", body={"from": 1, "into": "x"}), event()])
    assert player.resolutions[0].refused == {0: "unknown_person", 1: "unknown_person", 2: "no_id"}


def test_late_events_move_the_instants_and_start_no_session(state: Engine) -> None:
    player, directory = Player(state), Directory(state)
    player.tick([event(user="u1", at=100)])
    player.tick([event(user="u1", at=10)], late=True)
    assert (directory.get(1, 1).first_seen, directory.get(1, 1).last_seen) == (START + 10 * MINUTE, START + 100 * MINUTE)
    assert [(row.person_id, row.occurred_at) for row in player.derived] == [(1, START + 100 * MINUTE)]


def test_search_finds_by_the_beginning_of_an_address_or_id_and_by_number(state: Engine) -> None:
    directory = Directory(state)
    Player(state).tick(
        [identify("ada", email="ada@example.com"), identify("adam", anonymous="browser"), identify("eve"), identify("ada", at=1)]
    )
    assert [person.id for person in directory.search(1, "ada")] == [1, 2]
    assert [person.id for person in directory.search(1, "ada", cursor=1)] == [2]
    assert [person.id for person in directory.search(1, "ADA@")] == [1]
    assert [person.id for person in directory.search(1, "brow")] == [2]
    assert [person.id for person in directory.search(1, "3")] == [3]
    assert [person.id for person in directory.list(1, cursor=1, limit=1)] == [2]
    assert directory.search(1, "\x00") == []


def test_apps_share_no_people(state: Engine) -> None:
    player, directory = Player(state), Directory(state)
    other = identify("u1", email="a@example.com")
    other.app_id = 2
    player.tick([identify("u1", email="a@example.com"), other, identify("u2")])
    assert player.persons == [1, 1, 2]
    assert directory.count(2) == 1
    assert directory.find(2, "user_id", "u2") is None
    with pytest.raises(PersonNotFoundError):
        directory.get(2, 2)
    assert len(directory.subscriptions(2, 1)) == 1
    assert directory.subscription(2, directory.subscriptions(1, 1)[0].id) is None


def test_fold_takes_events_of_the_last_resolve_that_are_somebodys(state: Engine) -> None:
    people = Player(state).people
    nobodys, own = event(), event(user="u1")
    with state.begin() as connection:
        people.begin(connection, 0)
        people.resolve([nobodys, own])
        with pytest.raises(ValueError, match="somebody's"):
            people.fold([nobodys, own], [0, 1], [False, False])
        with pytest.raises(ValueError, match="on its own"):
            people.resolve([event(user="u1"), event("delete", body={"person": 1})])


def test_merge_takes_place_though_its_event_is_left_out(state: Engine) -> None:
    player, directory = Player(state), Directory(state)
    player.tick([identify("u1", plan="free"), identify("u2")])
    with state.begin() as connection:
        player.people.begin(connection, 0)
        player.people.resolve([event("merge", body={"from": 1, "into": 2})])
        assert player.people.fold([], [], []) == []
        player.people.flush()
        assert player.people.changed_traits() == {(1, 2): {"plan": "free"}}
    assert directory.get(1, 1).traits == {"plan": "free"}


def test_changed_traits_are_told_once(state: Engine) -> None:
    player = Player(state)
    with state.begin() as connection:
        player.people.begin(connection, 0)
        for events in ([identify("u1", plan="free"), event(user="u2")], [identify("u1", plan="free"), identify("u2", age=1)]):
            persons = player.people.resolve(events).persons
            player.people.fold(events, persons, [False, False])
            player.people.flush()
        assert player.people.changed_traits() == {(1, 1): {"plan": "free"}, (1, 2): {"age": 1}}
        assert player.people.changed_traits() == {}
