"""The rules of identity, one by one and against the oracle."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hypothesis import given

from relance.events.model import Event
from relance.users.identity import IdentityResolver
from relance.users.model import Resolution
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


@given(streams)
def test_rules_agree_with_the_oracle(stream: Sequence[Event]) -> None:
    kept = [each for each in stream if each.kind != "delete"]
    oracle = Oracle()
    oracle.feed(kept)
    assert place(*kept)[0] == oracle.owners()
