"""The rules of identity, one by one and against the oracle."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given

from relance.events.model import Event
from relance.users.identity import IdentityResolver
from relance.users.model import Resolution
from relance.users.voice import SIGNED, TRUSTED, UNSIGNED
from tests.unit.users.oracle import Oracle
from tests.unit.users.streams import event, streams


def place(*events: Event) -> tuple[list[int], Resolution]:
    """Whose the events are at the end of them; everything is in memory from the start, nothing is deleted."""
    identity, out = IdentityResolver(1), Resolution()
    for index, each in enumerate(events):
        out.persons.append(place_one(identity, each, index, out))
    return [identity.root(person) for person in out.persons], out


def place_one(identity: IdentityResolver, each: Event, index: int, out: Resolution) -> int:
    body = json.loads(each.body)
    if each.kind == "alias":
        return identity.alias(body["previous_id"], each, index, out)
    if each.kind == "merge":
        loser, winner = (identity.known(body[name], index, out) for name in ("from", "into"))
        if loser and winner and loser != winner:
            identity.merge(loser, winner, each, index, out)
        return winner if loser else 0
    return identity.known(each.person_id, index, out) if each.person_id else identity.place(each, index, out)


def test_anonymous_events_go_to_the_user_who_signs_in() -> None:
    persons, out = place(event(anonymous="a1"), event("identify", "u1", "a1"), event(anonymous="a1"))
    assert persons == [1, 1, 1]
    assert not out.merges


def test_later_user_on_a_shared_device_gets_only_events_with_the_own_id() -> None:
    persons, _ = place(
        event("identify", "u1", "a1"), event("identify", "u2", "a1"), event(anonymous="a1"), event("track", "u2", "a1")
    )
    assert persons == [1, 2, 1, 2]


def test_late_identify_on_another_device_takes_its_anonymous_past_along() -> None:
    persons, out = place(event("identify", "u1", "a1"), event(anonymous="a2"), event("identify", "u1", "a2"))
    assert persons == [1, 1, 1]
    assert [(merge.from_id, merge.into_id, merge.index) for merge in out.merges] == [(2, 1, 2)]


def test_identify_never_joins_two_known_people() -> None:
    persons, out = place(event("identify", "u1", "a1"), event("identify", "u2", "a2"), event("identify", "u2", "a1"))
    assert persons == [1, 2, 2]
    assert not out.merges


def test_alias_joins_two_known_people_and_the_user_id_wins() -> None:
    persons, out = place(event("identify", "u1"), event("identify", "u2"), event("alias", "u2", body={"previous_id": "u1"}))
    assert persons == [2, 2, 2]
    assert [(merge.from_id, merge.into_id) for merge in out.merges] == [(1, 2)]


def test_alias_of_an_unknown_id_names_the_person_whichever_way_it_comes() -> None:
    persons, _ = place(event("alias", "u1", body={"previous_id": "old"}), event("track", "old"), event("track", "", "old"))
    assert persons == [1, 1, 1]


def test_merging_into_an_anonymous_person_makes_it_known() -> None:
    known, other = event("identify", "u1"), event(anonymous="a1")
    persons, _ = place(known, other, event("merge", body={"from": 1, "into": 2}), event("identify", "u2", "a1"))
    assert persons == [2, 2, 2, 3]


def test_event_without_any_id_is_refused() -> None:
    persons, out = place(event())
    assert persons == [0]
    assert out.refused == {0: "no_id"}


def place_with_tombstones(dead: dict[tuple[str, str], int], *events: Event) -> tuple[list[int], dict[int, str]]:
    """Whose they are where ids of deleted people are remembered with when that was; and why some are nobody's."""
    identity, out = IdentityResolver(1), Resolution()
    identity.tombstones = dead
    return [identity.root(place_one(identity, each, index, out)) for index, each in enumerate(events)], out.refused


@pytest.mark.parametrize(
    ("received", "after", "person", "refusal"),
    [
        (event("track", "gone"), 0, 0, "deleted_person"),  # it happened at the instant of the deletion
        (event("track", "gone"), 1, 1, None),
        (event("track", "", "gone a"), 0, 0, "deleted_person"),
        (event("track", "", "gone a"), 1, 1, None),
        (event("track", "gone", "a"), 0, 0, "deleted_person"),
        (event("track", "u", "gone a"), 0, 1, None),  # it is u's, whoever the device belonged to
        (event("alias", "gone", body={"previous_id": "old"}), 0, 0, "deleted_person"),
        (event("alias", "u", body={"previous_id": "gone"}), 0, 1, None),
        (event("alias", "u", body={"previous_id": "gone a"}), 0, 1, None),
        (event("alias", "u", body={"previous_id": "old"}), 0, 1, None),
    ],
)
def test_what_happened_up_to_a_deletion_is_refused_and_what_comes_later_is_somebody_new(
    received: Event, after: int, person: int, refusal: str | None
) -> None:
    deleted_at = received.occurred_at - after
    dead = {("user_id", "gone"): deleted_at, ("anonymous_id", "gone a"): deleted_at}
    persons, refused = place_with_tombstones(dead, received)
    assert persons == [person]
    assert refused == ({} if refusal is None else {0: refusal})


def test_a_device_of_somebody_deleted_is_not_claimed_by_what_happened_before() -> None:
    received = event("track", "u", "gone a")
    persons, _ = place_with_tombstones({("anonymous_id", "gone a"): received.occurred_at}, received)
    identity, out = IdentityResolver(1), Resolution()
    identity.tombstones = {("anonymous_id", "gone a"): received.occurred_at}
    assert identity.place(received, 0, out) == persons[0] == 1
    assert identity.anonymous == {}


def flagged(received: Event, flags: int) -> Event:
    received.flags |= flags
    return received


@pytest.mark.parametrize(
    ("flags", "owner"),
    [(UNSIGNED, 2), (UNSIGNED | TRUSTED, 1), (SIGNED, 1), (0, 1)],
    ids=["a browser that proved nothing", "where browsers are trusted", "one that proved it", "a server"],
)
def test_who_may_join_an_anonymous_id_to_a_user_id(flags: int, owner: int) -> None:
    """(the anonymous visitor's person becomes the user's, or the user is somebody else)"""
    persons, _ = place(event(anonymous="a"), flagged(event("identify", "u", "a"), flags))
    assert persons == [1, owner]


def test_a_trusted_browser_joins_nothing_of_people_that_a_server_vouched_for() -> None:
    received = flagged(event("identify", "u", "a"), UNSIGNED | TRUSTED)
    persons, _ = place(event("identify", "u"), event(anonymous="a"), received, event(anonymous="a"))
    assert persons == [1, 2, 1, 2]
    again = flagged(event("identify", "u", "a"), UNSIGNED | TRUSTED)
    assert place(event("identify", "u", "a"), again)[0] == [1, 1]  # they are one already


@pytest.mark.parametrize("flags", [SIGNED, UNSIGNED | TRUSTED, UNSIGNED])
def test_an_alias_by_a_browser_joins_no_two_users(flags: int) -> None:
    received = flagged(event("alias", "u2", body={"previous_id": "u1"}), flags)
    persons, out = place(event("identify", "u1"), event("identify", "u2"), received)
    assert persons == [1, 2, 2]
    assert not out.merges


def test_an_alias_of_nothing_or_of_itself_is_only_an_event() -> None:
    assert place(event("alias", "u1", body={"previous_id": ""}), event("alias", "u1", body={"previous_id": "u1"}))[0] == [1, 1]
    assert place(event("alias", "", "a", body={"previous_id": "u1"}))[0] == [1]


def test_an_alias_names_the_known_one_of_two() -> None:
    persons, out = place(event("identify", "u1"), event("alias", "u2", body={"previous_id": "u1"}), event("track", "u2"))
    assert persons == [1, 1, 1]
    assert not out.merges


@pytest.mark.parametrize(("person", "refusal"), [(1, "deleted_person"), (9, "unknown_person")])
def test_a_person_who_is_not_there_was_deleted_or_never_was(person: int, refusal: str) -> None:
    identity, out = IdentityResolver(1), Resolution()
    identity.next_id = 2
    assert identity.known(person, 0, out) == 0
    assert out.refused == {0: refusal}


@given(streams)
def test_rules_agree_with_the_oracle(stream: Sequence[Event]) -> None:
    kept = [each for each in stream if each.kind != "delete"]
    oracle = Oracle()
    oracle.feed(kept)
    assert place(*kept)[0] == oracle.owners()
