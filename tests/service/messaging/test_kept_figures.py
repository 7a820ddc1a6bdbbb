"""Figures stay what they are when the record is trimmed, and history gives the same figures again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.channels.model import SendResult, SendState
from relance.core.time import HOUR
from relance.events.model import Kind, Name
from relance.infra.database import reading
from relance.messaging.figures.rebuilding import AT_ONCE
from relance.messaging.service import past_delivery
from relance.worker.record_trimming import RecordThread
from tests.service.messaging.post import ORDER, Post, post_office
from tests.service.pipeline.rig import START, Rig

USERS = ("ada", "bob", "cleo")
ENGAGEMENT = (
    *(Name.MESSAGE_OPENED, Name.MESSAGE_CLICKED, Name.MESSAGE_DELIVERED, Name.MESSAGE_DISMISSED),
    *(Name.MESSAGE_UNSUBSCRIBED, Name.MESSAGE_BOUNCED, Name.MESSAGE_COMPLAINED),
)
REFUSALS = (
    SendResult(SendState.FAILED, "no"),
    SendResult(SendState.GONE, "gone"),
    SendResult(SendState.BOUNCED, "bounced"),
    SendResult(SendState.RETRY, "perhaps", uncertain=True),
)
users, numbers, late = st.sampled_from(USERS), st.integers(0, 40), st.sampled_from([0, 0, 2 * HOUR, 30 * HOUR])
acts = st.one_of(
    st.tuples(st.just("call"), users, st.integers(0, 2), st.integers(0, 5)),
    st.tuples(st.just("call"), users, st.integers(0, 2), st.integers(0, 5)),
    st.tuples(st.just("cart"), users, late),
    st.tuples(st.just("engage"), st.sampled_from(ENGAGEMENT), numbers, late),
    st.tuples(st.just("engage"), st.sampled_from(ENGAGEMENT), numbers, late),
    st.tuples(st.just("buy"), users, st.integers(0, 3), late),
    st.tuples(st.just("refund"), users, st.integers(0, 3)),
    st.tuples(st.just("join"), users, users),
    st.tuples(st.just("forget"), users),
    st.tuples(st.just("refuse"), st.sampled_from(REFUSALS)),
    st.tuples(st.just("pass"), st.sampled_from([1, 3, 24, 24 * 40])),
    st.tuples(st.just("pass"), st.sampled_from([1, 3, 24, 24 * 40])),
    st.tuples(st.just("trim")),
)


def play(post: Post, act: tuple[Any, ...]) -> None:
    match act:
        case ("call", user, message, key):
            post.call(user, message, str(key))
        case ("cart", user, delay):
            post.track(user, "Cart", delay)
        case ("engage", name, number, delay):
            post.engage(name, number, delay)
        case ("buy", user, order, delay):
            post.track(user, ORDER, delay, order_id=f"o{order}", revenue=10 + order, currency="EUR")
        case ("refund", user, order):
            post.track(user, "Order Refunded", order_id=f"o{order}")
        case ("join", user, other):
            post.command(Kind.MERGE, user, other)
        case ("forget", user):
            post.command(Kind.DELETE, user)
        case ("refuse", answer):
            post.push.answers.append(answer)
            post.mail.answers.append(answer)
        case ("pass", hours):
            post.pass_by(hours)
        case ("trim",):
            before = post.shown(), post.of_journey()
            post.trim()
            assert (post.shown(), post.of_journey()) == before


UNSHRUNK = [Phase.explicit, Phase.reuse, Phase.generate]  # a story takes a second: to make it shorter would take minutes


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), phases=UNSHRUNK)
@given(story=st.lists(acts, min_size=4, max_size=25))
def test_history_gives_the_same_figures_again(story: list[tuple[Any, ...]]) -> None:
    """Whatever the order, however often, late, after merges, deletions and trimming."""
    with post_office() as post:
        for number, user in enumerate(USERS):
            post.person(user, devices=1 + number % 2, consent=[None, True, False][number])
        for act in story:
            play(post, act)
        post.settle()
        before = post.shown()
        done = post.rebuild()
        assert post.shown() == before
        assert (done.healed, done.changed) == (0, 0)
        post.run("UPDATE kept_figures SET deliveries = deliveries + 7 WHERE origin = 'trimmed'")
        post.run(
            "UPDATE deliveries SET opened_at = 5, clicked_at = NULL, delivered_at = NULL, conversions = 4, direct = true"
            " WHERE person_id <> 0 AND state NOT IN ('pending', 'sending')"
        )
        post.rebuild()
        assert post.shown() == before


@pytest.fixture(params=["duckdb", "clickhouse"])
def post(request: pytest.FixtureRequest, tmp_path: Path, state: Engine, log_engine: Engine) -> Iterator[Post]:
    more: dict[str, Any] = {}
    if request.param == "clickhouse":
        url = request.getfixturevalue("clickhouse_url")
        more = {"history_url": url, "history_database": f"figures_{state.dialect.name}_{request.node.name[:20]}"}
    rig = Rig(tmp_path / "data", state, log_engine, **more)
    yield Post(rig)
    rig.close()


def old_record(post: Post) -> None:
    """Something of each figure, months ago."""
    for user in USERS:
        post.person(user, consent=True)
    for number, user in enumerate(USERS):
        post.call(user, 0, "a")
        post.call(user, 2, "b")
        post.track(user, "Cart")
        post.pass_by(1 + number)
    post.push.answers.append(SendResult(SendState.FAILED, "no"))
    post.call("ada", 0, "c")
    for number in range(0, 8, 2):
        post.engage(ENGAGEMENT[number % 4], number)
        post.engage(Name.MESSAGE_CLICKED, number)
    post.track("bob", ORDER, order_id="o1", revenue=12, currency="EUR")
    post.pass_by(24 * 200)


@pytest.mark.both_databases
def test_the_record_is_trimmed_and_no_figure_changes(post: Post) -> None:
    old_record(post)
    before, of_journey = post.shown(), post.of_journey()
    runs, deliveries = post.trim()
    assert runs == len(USERS)
    assert deliveries > 8
    assert len(post.ids()) == 1, "what was credited stays"
    assert (post.shown(), post.of_journey()) == (before, of_journey)
    assert post.trim() == (0, 0)
    with reading(post.rig.state) as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM run_steps")).scalar() == 0
        orphans = "SELECT count(*) FROM clicks WHERE delivery_id NOT IN (SELECT id FROM deliveries)"
        assert connection.execute(sa.text(orphans)).scalar() == 0
    done = post.rebuild()
    assert (done.healed, done.changed) == (0, 0)
    assert post.shown() == before
    post.run("DELETE FROM kept_figures", "UPDATE deliveries SET clicked_at = NULL, converted_at = NULL, conversions = 0")
    assert post.shown() != before
    assert post.rebuild().changed > 5
    assert post.shown() == before


@pytest.mark.both_databases
def test_figures_of_deleted_people_stay_and_are_not_told_again(post: Post) -> None:
    old_record(post)
    post.command(Kind.DELETE, "cleo")
    before = post.shown()
    post.trim()
    post.command(Kind.DELETE, "ada")  # whose deliveries are figures only, by now
    assert post.shown() == before
    assert post.rebuild().changed == 0
    assert post.shown() == before


@pytest.mark.both_databases
def test_history_tells_to_whom_a_trimmed_delivery_went(post: Post) -> None:
    """So that a link to unsubscribe works for as long as its mail lies in a mailbox."""
    post.person("ada")
    post.person("bob")
    post.call("ada", 1, "k")
    [delivery] = post.ids()
    post.pass_by(24 * 60)
    assert post.trim() == (0, 1)
    post.command(Kind.MERGE, "bob", "ada")
    bob = post.rig.people.find(post.rig.app, "user_id", "bob")
    assert bob is not None
    told = past_delivery(post.rig.parts.history, delivery)
    assert told == {"app": post.rig.app, "person": bob.id, "message": post.messages[1], "channel": "email"}
    post.command(Kind.DELETE, "bob")
    assert past_delivery(post.rig.parts.history, delivery) is None


def test_the_worker_trims_by_its_setting_and_who_entered_once_enters_no_more(post: Post) -> None:
    old_record(post)
    once = {"entry": {"event": "Signed Up", "reentry": "once"}, "start": "end", "nodes": [{"id": "end", "kind": "exit"}]}
    journey = post.rig.journeys.create(post.rig.app, "welcome", once, START).id
    post.rig.journeys.publish(post.rig.app, journey, START)
    post.rig.definitions_changed()
    post.track("ada", "Signed Up")
    assert len(post.rig.journeys.runs(post.rig.app, journey)) == 1
    post.pass_by(24 * 91)
    before = post.shown()
    runs, deliveries = RecordThread(post.rig.parts).trim()
    assert (runs, deliveries > 8) == (len(USERS) + 1, True)
    assert post.shown() == before
    post.track("ada", "Signed Up")
    assert post.rig.journeys.runs(post.rig.app, journey) == []
    post.track("bob", "Signed Up")
    assert len(post.rig.journeys.runs(post.rig.app, journey)) == 1
    assert len(post.rig.journeys.have_been_in(post.rig.app, journey)) == 2


@pytest.mark.both_databases
def test_counted_in_many_parts_it_is_the_same(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    assert AT_ONCE > 1
    monkeypatch.setattr("relance.messaging.figures.rebuilding.AT_ONCE", 1)
    old_record(post)
    before = post.shown()
    post.trim()
    assert post.rebuild().deliveries > 8
    assert post.shown() == before
