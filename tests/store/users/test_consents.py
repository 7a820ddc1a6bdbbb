"""What was said about messages, and that a no stays one: on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.events.model import Event
from relance.infra.database import reading
from relance.users.reach import read_reach
from relance.users.service import Directory
from tests.store.users.ticks import Player, of_app, rows
from tests.unit.users.streams import event

MAIL = "ada@example.org"
ONE_CLICK = {"channel": "email", "granted": False, "source": "unsubscribe", "address": MAIL}
YES = {"channel": "email", "granted": True, "source": "form", "wording": "Yes, write to me."}


def identify(user: str, at: int = 0, **traits: Any) -> Any:
    return event("identify", user, "", at, body=traits)


def answer(person: int, at: int, **consent: Any) -> Any:
    return event("edit", at=at, person_id=person, body={"consent": consent})


def refused(engine: Engine, person: int) -> dict[str, list[str]]:
    """Address → topics refused at it, as a sender sees it."""
    with reading(engine) as connection:
        reach = read_reach(connection, 1, [person])[person]
    return {reach.subscriptions[each].address: sorted(topics) for each, topics in reach.refused.items()}


def granted(engine: Engine, person: int) -> bool | None:
    return Directory(engine).granted(1, [person], "email", "general").get(person)


@pytest.mark.parametrize("again", [{"consent": {"email": True}}, {"marketing_consent": True}])
def test_a_trait_repeated_with_each_identify_lifts_no_own_no(state: Engine, again: dict[str, Any]) -> None:
    player = Player(state)
    player.tick([identify("u1", email=MAIL, **again)])
    assert granted(state, 1) is True
    player.tick([answer(1, 1, **ONE_CLICK)])
    player.tick([identify("u1", 2, email=MAIL, **again), event(user="u1", at=3, context={"consent": {"email": True}})])
    assert granted(state, 1) is False
    assert refused(state, 1) == {MAIL: ["general"]}
    player.tick([answer(1, 4, **YES)])
    assert (granted(state, 1), refused(state, 1)) == (True, {})
    player.tick([identify("u1", 5, consent={"email": False})])
    assert granted(state, 1) is False
    player.tick([identify("u1", 6, consent={"email": True})])
    assert granted(state, 1) is True, "a no that was reported is lifted by what is reported later"


def test_an_older_yes_lifts_nothing_however_late_it_comes(state: Engine) -> None:
    player = Player(state)
    player.tick([identify("u1", email=MAIL), answer(1, 9, **ONE_CLICK)])
    player.tick([answer(1, 8, **YES)])
    stated = {**YES, "at": answer(1, 5).occurred_at}
    player.tick([event("edit", at=20, person_id=1, body={"consent": stated})])
    assert (granted(state, 1), refused(state, 1)) == (False, {MAIL: ["general"]})


def test_a_no_holds_for_the_address_whoever_brings_it(state: Engine) -> None:
    player = Player(state)
    player.tick([identify("u1", email=MAIL, consent={"email": True}), answer(1, 1, **ONE_CLICK)])
    player.tick([identify("u2", 2, email=MAIL, consent={"email": True})])
    assert (granted(state, 2), refused(state, 2)) == (False, {MAIL: ["general"]})
    player.tick([identify("u2", 3, email="other@example.org", consent={"email": True})])
    assert granted(state, 2) is False, "whoever reads the one address reads the other"
    player.tick([identify("u2", 4, email=MAIL)])
    assert refused(state, 2) == {MAIL: ["general"]}, "given up and brought again"
    player.tick([answer(2, 5, **YES)])
    assert (granted(state, 2), refused(state, 2)) == (True, {})
    assert granted(state, 1) is False, "that of another is another's"


def test_a_link_in_an_old_mail_refuses_for_the_address_it_went_to(state: Engine) -> None:
    player = Player(state)
    player.tick([identify("u1", email=MAIL), identify("u2", 1, email=MAIL, consent={"email": True})])
    player.tick([answer(1, 2, **ONE_CLICK)])
    assert refused(state, 2) == {MAIL: ["general"]}
    player.tick([identify("u2", 3, email="other@example.org", consent={"email": True})])
    assert granted(state, 2) is False, "whoever has the address pressed the button"
    inherited = Directory(state).statements(1, 2)[0]
    assert (inherited.granted, inherited.explicit, inherited.source, inherited.proof) == (
        False,
        True,
        "unsubscribe",
        {"by": "address"},
    )


def test_an_operators_no_covers_the_addresses_the_person_has(state: Engine) -> None:
    player = Player(state)
    player.tick([identify("u1", email="one@example.org"), identify("u1", 1, email=MAIL)])
    player.tick([answer(1, 2, channel="email", granted=False, topic="offers", source="operator:1")])
    player.tick([identify("u2", 3, email="one@example.org"), identify("u3", 4, email=MAIL)])
    assert (refused(state, 2), refused(state, 3)) == ({"one@example.org": ["offers"]}, {MAIL: ["offers"]})


def test_a_no_outlives_the_person_without_a_trace_of_who_it_was(state: Engine) -> None:
    player = Player(state)
    player.tick([identify("u1", email=MAIL), answer(1, 1, channel="email", granted=False, source="operator:1")])
    player.tick([identify("u1", 2, email="new@example.org")])
    player.tick([event("delete", at=3, body={"person": 1})])
    left = {name for name, found in rows(state, 1).items() if found}
    assert left == {"tombstones", "user_counters", "address_consents"}
    assert MAIL not in str(rows(state, 1))
    player.tick([identify("u2", 4, email=MAIL, consent={"email": True}), identify("u3", 5, email="new@example.org")])
    assert refused(state, 2) == {MAIL: ["general"]}
    assert refused(state, 3) == {"new@example.org": ["general"]}, "also of an address that came after the no"


@pytest.mark.parametrize("first", ["yes", "no"])
def test_whoever_merges_keeps_the_no(state: Engine, first: str) -> None:
    player = Player(state)
    player.tick([identify("u1", email=MAIL, consent={"email": True}), identify("u2", consent={"email": True})])
    player.tick([answer(1, 1, **ONE_CLICK)])
    loser, winner = (1, 2) if first == "no" else (2, 1)
    player.tick([event("merge", at=9, body={"from": loser, "into": winner}), identify("u2", 10, consent={"email": True})])
    assert granted(state, winner) is False
    sources = [(one.source, one.granted) for one in Directory(state).statements(1, winner)]
    assert sorted(sources) == [("identify", True), ("identify", True), ("unsubscribe", False)]


def test_each_saying_is_kept_and_a_repeat_is_none(state: Engine) -> None:
    player = Player(state)
    player.tick([identify("u1", at, consent={"email": True}) for at in range(5)])
    player.tick([answer(1, 5, **ONE_CLICK, proof={"delivery": "d1"})])
    player.tick([identify("u1", at, consent={"email": True}) for at in range(6, 9)])
    player.tick([answer(1, 9, **YES)])
    kept = Directory(state).statements(1, 1)
    assert [(one.granted, one.explicit, one.source) for one in kept] == [
        (True, True, "form"),
        (False, True, "unsubscribe"),
        (True, False, "identify"),
    ]
    assert (kept[0].wording, kept[1].proof) == ("Yes, write to me.", {"delivery": "d1"})
    assert "event" in kept[2].proof
    assert Directory(state).statements(1, 1, (kept[0].recorded_at, kept[0].id), 1) == kept[1:2]


def test_what_is_imported_is_told(state: Engine) -> None:
    player = Player(state)
    player.tick([identify("u1", email=MAIL), answer(1, 1, **ONE_CLICK)])
    imported = identify("u1", 2, consent={"email": True})
    imported.flags = 1
    player.tick([imported])
    assert granted(state, 1) is False
    assert [one.source for one in Directory(state).statements(1, 1)] == ["import", "unsubscribe"]


APPS = count(1_000)
IDS, MAILS = ("u1", "u2"), ("one@example.org", "two@example.org", "three@example.org")
reported = st.builds(
    lambda user, anonymous, mail, yes, kind: ("reported", user, anonymous, mail, yes, kind),
    st.sampled_from(("", *IDS)), st.sampled_from(("", "x", "y")), st.sampled_from(("", *MAILS)), st.booleans(),
    st.sampled_from(("identify", "import", "context")),
).filter(lambda each: bool(each[1] or each[2]))  # fmt: skip
linked = st.tuples(st.just("alias"), st.sampled_from(IDS), st.sampled_from((*IDS, "x", "y"))).filter(
    lambda each: each[1] != each[2]
)
refusing = st.tuples(st.just("no"), st.sampled_from((*IDS, "x", "y")), st.sampled_from(("", *MAILS)))


def _as_events(acts: Sequence[tuple[Any, ...]]) -> list[Event]:
    """Acts as events; a no becomes an edit once it is known whose it is."""
    events: list[Event] = []
    for at, act in enumerate(acts):
        if act[0] == "alias":
            events.append(event("alias", act[1], "", at, body={"previous_id": act[2]}))
        elif act[0] == "reported":
            _, user, anonymous, mail, yes, kind = act
            traits: dict[str, Any] = {"email": mail} if mail else {}
            said = {"consent": {"email": yes}}
            found = event("identify", user, anonymous, at, body=traits if kind == "context" else traits | said)
            if kind == "context":
                found = event("identify", user, anonymous, at, body=traits, context=said)
            found.flags = 1 if kind == "import" else 0
            events.append(found)
        else:
            user, anonymous = ("", act[1]) if act[1] in "xy" else (act[1], "")
            events.append(event("edit", user, anonymous, at, body={"consent": _no(act[2])}))
    for number, each in enumerate(events):
        each.message_id = f"m{number}"
    return events


def _no(mail: str) -> dict[str, Any]:
    return {"channel": "email", "granted": False, "source": "unsubscribe"} | ({"address": mail} if mail else {})


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(reported, reported, linked, refusing), min_size=2, max_size=12), st.sets(st.integers(1, 11)))
def test_nothing_told_lifts_a_no_whatever_becomes_of_ids_and_addresses(
    state: Engine, acts: list[tuple[Any, ...]], cuts: set[int]
) -> None:
    """Over all orders of identifies, links, imports and unsubscribes: whoever is, or became one with, somebody who said no, or
    has had an address at which it was said, is written to nowhere by what is reported; however the log is cut into ticks."""
    events, seen = _as_events(acts), []
    for places in ([], sorted(cuts), range(1, len(acts))):
        app_id = next(APPS)
        player, edges = Player(state), [0, *(each for each in places if each < len(events)), len(events)]
        for begin, end in pairwise(edges):
            player.tick(of_app(events[begin:end], app_id))
        seen.append(rows(state, app_id))
        for person in _said_no(acts, player.persons, Directory(state), app_id):
            assert Directory(state).granted(app_id, [person], "email", "general") == {person: False}
    assert seen[0] == seen[1] == seen[2]


def _said_no(acts: Sequence[tuple[Any, ...]], persons: Sequence[int], directory: Directory, app_id: int) -> set[int]:
    """Who, as of today, refused: themselves, or at an address that was theirs then or later."""
    root = {person: directory.resolve(app_id, person) for person in persons if person}
    refused: set[int] = set()
    refused_at: set[str] = set()
    holder: dict[str, int] = {}
    mail_of: dict[int, str] = {}
    for act, person in zip(acts, persons, strict=True):
        if act[0] == "alias" or (act[0] == "reported" and act[1] and act[2]):  # people may be one now
            holder, mail_of = {}, {}
        if act[0] == "reported" and act[3]:
            before = mail_of.get(person)
            if before is not None and before != act[3] and holder.get(before) == person:
                del holder[before]
            holder[act[3]], mail_of[person] = person, act[3]
            if act[3] in refused_at:
                refused.add(root[person])
        elif act[0] == "no" and person:
            refused.add(root[person])
            if act[2]:
                refused_at.add(act[2])
                if act[2] in holder:
                    refused.add(root[holder[act[2]]])
    return refused


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("cut", ["together", "apart"])
@pytest.mark.parametrize("comes", ["before the answer", "after it"])
@pytest.mark.parametrize(("channel", "address"), [("sms", "+33612345678"), ("email", MAIL)])
def test_an_answer_on_its_way_while_its_person_is_deleted_holds_at_the_address(
    state: Engine, channel: str, address: str, comes: str, cut: str, fails: bool
) -> None:
    has: dict[str, Any] = {{"sms": "phone", "email": "email"}[channel]: address}
    player = Player(state)
    player.tick([identify("u1", **has)])
    stop = answer(1, 2, channel=channel, granted=False, source="stop", address=address)
    brings = identify("u2", 3, **has, consent={channel: True})
    told = [event("delete", at=1, person_id=1, body={"person": 1})]
    told += [brings, stop] if comes == "before the answer" else [stop, brings]
    for part in [told] if cut == "together" else [[each] for each in told]:
        player.tick(part, fails=fails)
    assert refused(state, 2) == {address: ["general"]}
    player.tick([answer(1, 4, channel=channel, granted=True, source="start", address=address)])
    assert refused(state, 2) == {}


@pytest.mark.parametrize(
    "said",
    [
        {"channel": "email", "granted": False, "source": "stop"},
        {"channel": "email", "granted": False, "source": "stop", "address": MAIL, "explicit": False},
        {"channel": "email", "granted": "no", "source": "stop", "address": MAIL},
        {"channel": "email", "granted": False, "source": "stop", "address": MAIL, "topic": 5},
        {"channel": "fax", "granted": False, "source": "stop", "address": MAIL},
    ],
)
def test_of_the_deleted_only_an_explicit_answer_at_an_address_is_kept(state: Engine, said: dict[str, Any]) -> None:
    player = Player(state)
    player.tick([identify("u1", email=MAIL), event("delete", at=1, person_id=1, body={"person": 1}), answer(1, 2, **said)])
    player.tick([identify("u2", 3, email=MAIL)])
    assert refused(state, 2) == {}
