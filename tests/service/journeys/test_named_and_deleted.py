"""What a rule or a graph names is not deleted at the same moment: whoever comes second sees the other. On both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy.engine import Connection, Engine

from relance.core.errors import RelanceError
from relance.infra.sealing import WEBHOOK_SECRETS, Sealing
from relance.journeys.errors import GraphError, JourneyInUseError, JourneyNotFoundError
from relance.journeys.service import refuse_missing
from relance.messaging.errors import MessageInUseError
from relance.segments.errors import RuleError
from relance.segments.rule.tree import Rule
from relance.segments.service import Segments
from relance.webhooks.errors import WebhookLimitError
from relance.webhooks.service import MOST_WEBHOOKS, Webhooks
from tests.service.journeys.test_definitions import DELAY, together
from tests.service.world import APP, START, World

pytestmark = pytest.mark.both_databases

PLAIN: dict[str, Any] = {"kind": "behaviour", "event": "bought"}
BLOCKED_AFTER = 0.3  # seconds after which a thread that has not ended is taken to wait


def mail(world: World) -> int:
    return world.messages.create(APP, "mail", "email", {"subject": "Hello", "text": "Hi"}, START).id


def outcome(call: Callable[[], Any], found: list[Any]) -> None:
    try:
        found.append(call())
    except RelanceError as error:
        found.append(error)


@pytest.mark.parametrize(("member", "act"), [("journey", "delete"), ("message", "delete"), ("message", "archive")])
@pytest.mark.parametrize("edit", ["create the first segment", "create", "update", "restore"])
def test_nothing_is_deleted_while_a_rule_comes_to_name_it(state: Engine, member: str, act: str, edit: str) -> None:
    """The deletion begins when the edit has seen that all it names is there, and is not written yet."""
    world, segments = World(state), Segments(state)
    number = world.definitions.create(APP, "j", DELAY, START).id if member == "journey" else mail(world)
    rule: dict[str, Any] = {"kind": "message", "did": "clicked", member: number}
    calls = {
        ("journey", "delete"): lambda: world.definitions.delete(APP, number),
        ("message", "delete"): lambda: world.definitions.delete_message(APP, number),
        ("message", "archive"): lambda: world.definitions.archive_message(APP, number, START),
    }
    found: list[Any] = []
    other = threading.Thread(target=outcome, args=(calls[member, act], found))
    if edit != "create the first segment":
        made = segments.create(APP, "made", rule if edit == "restore" else PLAIN, START)
        if edit == "restore":
            segments.update(APP, made.id, 1, START, rule=PLAIN)

    def check(connection: Connection, parsed: Rule) -> None:
        refuse_missing(connection, APP, parsed)
        other.start()
        other.join(BLOCKED_AFTER)

    if edit == "update":
        segments.update(APP, made.id, 1, START, rule=rule, check=check)
    elif edit == "restore":
        segments.restore(APP, made.id, 2, 1, START, check=check)
    else:
        segments.create(APP, "new", rule, START, check=check)
    other.join()
    assert isinstance(found[0], JourneyInUseError | MessageInUseError), found


@pytest.mark.parametrize("member", ["message", "journey"])
def test_a_rule_that_comes_second_names_nothing_that_was_deleted(state: Engine, member: str) -> None:
    world, segments = World(state), Segments(state)
    number = world.definitions.create(APP, "j", DELAY, START).id if member == "journey" else mail(world)
    (world.definitions.delete if member == "journey" else world.definitions.delete_message)(APP, number)
    rule: dict[str, Any] = {"any": [PLAIN, {"kind": "message", "did": "clicked", member: number}]}
    with pytest.raises(RuleError) as caught:
        segments.create(APP, "new", rule, START, check=lambda connection, rule: refuse_missing(connection, APP, rule))
    assert caught.value.data["path"] == f"rule.any[1].{member}"
    assert segments.page(APP).items == []


def test_of_deleting_a_journey_and_publishing_what_waits_on_it_one_comes_first(state: Engine) -> None:
    world = World(state)
    for number in range(8):
        named = world.definitions.create(APP, f"named {number}", DELAY, START).id
        where = [{"property": "journey", "is": "=", "value": named}]
        graph = {**DELAY, "entry": {"event": "journey_left", "where": where}}
        naming = world.definitions.create(APP, f"naming {number}", DELAY, START).id

        def publish(naming: int = naming, graph: Any = graph) -> Any:
            world.definitions.update(APP, naming, 1, START, graph=graph)
            try:
                return world.definitions.publish(APP, naming, START)
            except GraphError as error:
                return error

        deleted = together(publish, partial(world.definitions.delete, APP, named))
        try:
            world.definitions.get(APP, named)
            is_there = True
        except JourneyNotFoundError:
            is_there = False
        assert (world.definitions.get(APP, naming).published == 1) is is_there, deleted


def test_many_at_once_make_no_more_webhooks_than_an_app_may_have(state: Engine) -> None:
    webhooks = Webhooks(state, Sealing(bytes(32), WEBHOOK_SECRETS), private=False)
    barrier, found = threading.Barrier(MOST_WEBHOOKS + 8), list[Any]()

    def make() -> None:
        barrier.wait()
        outcome(lambda: webhooks.create(APP, "https://crm.example/", [], START), found)

    threads = [threading.Thread(target=make) for _ in range(barrier.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(webhooks.list(APP)) == MOST_WEBHOOKS
    assert sum(isinstance(each, WebhookLimitError) for each in found) == 8
