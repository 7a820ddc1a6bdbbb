"""The suppression list as ticks read and write it: on both databases."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.events.model import Event
from relance.infra.database import reading, writing
from relance.users.reach import read_reach
from relance.users.service import Directory, rekey, use_secret
from relance.users.suppressing import suppress_reached
from relance.users.suppression.model import NewSuppression
from relance.users.suppression.service import Suppressions
from relance.users.suppression.store import SUPPRESSIONS
from tests.store.users.ticks import Player
from tests.unit.users.streams import event

MAIL = ("email", "ada@example.org")
BOUNCED = NewSuppression("bounced", 5)


def identify(user: str, email: str | None, at: int = 0) -> Event:
    return event("identify", user, "", at, body={"email": email})


def change(person: int, state: str, at: int = 1, **more: Any) -> Event:
    return event("edit", at=at, person_id=person, body={"subscription": {"address": MAIL[1], "state": state, **more}})


def states(engine: Engine, person: int) -> list[tuple[str, str]]:
    return [(each.state, each.reason) for each in Directory(engine).subscriptions(1, person)]


def entries(engine: Engine) -> list[tuple[str, str, str, str]]:
    return [(each.address, each.reason.value, each.added_by, each.delivery_id) for each in Suppressions(engine).page(1)]


def is_withheld(engine: Engine, person: int) -> list[str]:
    """Why each of the person's addresses is sent nothing, as a sender sees it."""
    with reading(engine) as connection:
        return list(read_reach(connection, 1, [person])[person].suppressed.values())


def test_an_address_that_bounced_is_listed_and_stays_so_with_its_next_owner(state: Engine) -> None:
    player = Player(state)
    player.tick([identify("u1", MAIL[1]), change(1, "suppressed", reason="bounced", delivery="d1")])
    assert (states(state, 1), entries(state)) == ([("suppressed", "bounced")], [(MAIL[1], "bounced", "", "d1")])
    player.tick([identify("u2", "ADA@example.org", 2)])
    assert (states(state, 1), states(state, 2)) == ([], [("suppressed", "bounced")])
    assert is_withheld(state, 2) == ["bounced"]


def test_an_address_taken_off_returns_to_the_state_it_had(state: Engine) -> None:
    player = Player(state)
    player.tick([identify("u1", MAIL[1]), change(1, "unsubscribed"), change(1, "suppressed", by="operator:1")])
    assert (states(state, 1), entries(state)) == ([("suppressed", "manual")], [(MAIL[1], "manual", "operator:1", "")])
    player.tick([change(1, "subscribed", 2, was="suppressed")])
    assert (states(state, 1), entries(state)) == ([("unsubscribed", "")], [])
    player.tick([change(1, "subscribed", 3)])
    assert states(state, 1) == [("subscribed", "")]


def test_what_is_listed_and_taken_off_within_a_tick_is_as_if_in_two(state: Engine) -> None:
    player = Player(state)
    player.tick(
        [identify("u1", MAIL[1]), change(1, "suppressed"), change(1, "subscribed"), change(1, "suppressed", reason="bounced")]
    )
    assert entries(state) == [(MAIL[1], "bounced", "", "")]
    player.tick([change(1, "subscribed", 2), identify("u2", MAIL[1], 3)])
    assert (states(state, 2), entries(state)) == ([("subscribed", "")], [])


def test_only_a_complaint_replaces_the_reason(state: Engine) -> None:
    player = Player(state)
    player.tick([identify("u1", MAIL[1]), change(1, "suppressed")])
    for reason, kept in (("bounced", "manual"), ("complained", "complained"), ("bounced", "complained")):
        player.tick([change(1, "suppressed", 2, reason=reason)])
        assert (states(state, 1), [each[1] for each in entries(state)]) == ([("suppressed", kept)], [kept])


def test_what_is_listed_before_anybody_has_it_holds_for_who_comes(state: Engine) -> None:
    Suppressions(state).add(1, {MAIL: NewSuppression("imported", 1, "key:1")})
    player = Player(state)
    player.tick([identify("u1", MAIL[1])])
    assert states(state, 1) == [("suppressed", "imported")]
    Suppressions(state).add(2, {("email", "eve@example.org"): BOUNCED})
    player.tick([identify("u2", "eve@example.org")])
    assert states(state, 2) == [("subscribed", "")], "another app's list"


def test_a_deleted_persons_address_is_listed_by_a_keyed_hash_alone(state: Engine) -> None:
    use_secret(state, b"s" * 32)
    player = Player(state)
    player.tick([identify("u1", MAIL[1]), change(1, "suppressed", reason="bounced")])
    player.tick([event("delete", at=3, body={"person": 1})])
    with reading(state) as connection:
        [row] = connection.execute(sa.select(SUPPRESSIONS)).mappings()
    assert (row["address"], row["address_key"][:1]) == ("", "k")
    assert MAIL[1] not in str(row)
    player.tick([identify("u2", MAIL[1], 4)])
    assert states(state, 2) == [("suppressed", "bounced")]


def test_a_bounce_told_after_the_deletion_stores_no_address(state: Engine) -> None:
    player = Player(state)
    player.tick([identify("u1", MAIL[1])])
    with writing(state) as connection:
        suppress_reached(connection, 1, {MAIL: BOUNCED, ("email", "gone@example.org"): BOUNCED})
    assert {each[0] for each in entries(state)} == {MAIL[1], ""}
    player.tick([identify("u2", "gone@example.org", 1)])
    assert states(state, 2) == [("suppressed", "bounced")]


def test_lists_merge_with_people(state: Engine) -> None:
    player = Player(state)
    player.tick([identify("u1", MAIL[1]), identify("u2", "eve@example.org"), change(1, "suppressed", reason="bounced")])
    player.tick([event("merge", at=4, body={"from": 1, "into": 2})])
    assert sorted(states(state, 2)) == [("subscribed", ""), ("suppressed", "bounced")] or ("suppressed", "bounced") in states(
        state, 2
    )
    assert is_withheld(state, 2) == ["bounced"]


def test_plain_hashes_are_replaced_by_keyed_ones_once(state: Engine) -> None:
    suppressions = Suppressions(state)
    suppressions.add(1, {MAIL: BOUNCED, ("email", "eve@example.org"): BOUNCED})
    use_secret(state, b"s" * 32)
    assert suppressions.at(1, *MAIL) == ""
    suppressions.add(1, {MAIL: NewSuppression("manual", 6)})  # by a program with the secret, meanwhile
    assert (rekey(state), rekey(state)) == (2, 0)
    assert (suppressions.at(1, *MAIL), suppressions.at(1, "email", "eve@example.org")) == ("manual", "bounced")
    assert len(suppressions.page(1)) == 2
