"""What is credited is a function of what happened: neither of the order in which it is told, nor of how the log is cut."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.analytics.outcomes import sum_up
from relance.core.time import DAY, HOUR
from relance.events.model import Batch, Event, Flag, Kind, Name
from relance.infra.database import writing
from relance.messaging import service as messaging
from relance.messaging import store
from relance.messaging.credit.worth import NO_AMOUNT, weigh
from relance.messaging.model import Delivery, Goal, Intent, MessageClass, MessageGoal
from tests.service.world import APP, START, World

ORDER, REFUND = "Order Completed", "Order Refunded"
EARNED = {"EUR": 490_000}


@pytest.fixture
def world(state: Engine) -> World:
    world = World(state)
    for person in (1, 2):
        world.person(person, push=f"https://push.example/{person}")
    return world


async def sent(
    world: World,
    person_id: int,
    at: int,
    goal: MessageGoal = None,
    of: MessageClass = MessageClass.MARKETING,
    journey_goal: Goal | None = None,
) -> Delivery:
    message = world.messages.create(APP, "m", "web_push", {"title": "x"}, START, goal=goal, message_class=of)
    world.clock.instant = at
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, person_id, message.id, "c", at, goal=journey_goal)])
    await world.send()
    return world.deliveries.page(APP, message_id=message.id)[0]


def click(world: World, delivery: Delivery, at: int) -> Event:
    return world.engagement("message_clicked", delivery, at)


def earned(world: World, delivery: Delivery) -> tuple[int, dict[str, int]]:
    found = world.deliveries.get(APP, delivery.id)
    return found.conversions, found.revenue


def join(world: World, loser: int, winner: int) -> list[Event]:
    with writing(world.engine) as connection:
        return messaging.follow_merge(connection, APP, loser, winner)


# -- goals --------------------------------------------------------------------------------------------------------------


async def test_a_receipt_takes_nothing_from_the_reminder_that_sold(world: World) -> None:
    reminder = await sent(world, 1, START)
    receipt = await sent(world, 1, START + HOUR, of=MessageClass.TRANSACTIONAL)
    world.tick([world.event(ORDER, 1, START + 2 * HOUR, total=49, currency="EUR")])
    assert earned(world, reminder) == (1, EARNED)
    assert earned(world, receipt) == (0, {})


@pytest.mark.parametrize(
    ("goal", "of", "journey_goal", "counts"),
    [
        (None, MessageClass.MARKETING, None, True),
        ("none", MessageClass.MARKETING, None, False),
        ("none", MessageClass.MARKETING, Goal(ORDER), False),
        (None, MessageClass.TRANSACTIONAL, None, False),
        (None, MessageClass.TRANSACTIONAL, Goal(ORDER), True),
        (Goal(ORDER), MessageClass.TRANSACTIONAL, None, True),
        (None, MessageClass.MARKETING, Goal("Tour Taken"), False),
    ],
)
async def test_which_message_has_a_goal(
    world: World, goal: MessageGoal, of: MessageClass, journey_goal: Goal | None, counts: bool
) -> None:
    delivery = await sent(world, 1, START, goal, of, journey_goal)
    world.tick([world.event(ORDER, 1, START + HOUR, total=49)])
    assert earned(world, delivery)[0] == counts
    [figures] = world.deliveries.figures(APP)
    assert figures.aimed == (counts or journey_goal == Goal("Tour Taken"))


# -- clicks -------------------------------------------------------------------------------------------------------------


async def test_the_delivery_clicked_last_is_credited_whichever_was_clicked_first(world: World) -> None:
    a, b = await sent(world, 1, START), await sent(world, 1, START)
    clicks = [click(world, a, START + 1), click(world, b, START + 2), click(world, a, START + 3)]
    world.tick([*clicks, world.event(ORDER, 1, START + 4, total=49, currency="EUR")])
    assert (earned(world, a), earned(world, b)) == ((1, EARNED), (0, {}))
    assert world.deliveries.get(APP, a.id).clicked_at == START + 1
    [figures, _] = world.deliveries.figures(APP)
    assert figures.clicked == 1


async def test_clicks_after_the_purchase_do_not_count_for_it(world: World) -> None:
    a, b = await sent(world, 1, START), await sent(world, 1, START)
    clicks = [click(world, a, START + 1), click(world, a, START + 2), click(world, b, START + 3), click(world, a, START + 9)]
    world.tick([*clicks, world.event(ORDER, 1, START + 5, received_at=START + 10, total=49)])
    assert earned(world, b)[0] == 1


@pytest.mark.parametrize(
    ("clicked", "bought", "counts"),
    [
        (HOUR, HOUR, (1, 1)),  # at one instant
        (HOUR + 1, HOUR, (1, 0)),
        (DAY - 1, DAY - 1, (1, 1)),
        (HOUR, DAY, (0, 0)),  # the window is open where it began
        (DAY, DAY, (0, 0)),
    ],
)
async def test_clicks_and_purchases_at_the_ends_of_the_window(
    world: World, clicked: int, bought: int, counts: tuple[int, int]
) -> None:
    """(conversions, of which by a click) of a message with a day to bring one about, sent at the start."""
    delivery = await sent(world, 1, START, Goal(ORDER, "1d"))
    order = world.event(ORDER, 1, START + bought, received_at=START + 2 * DAY, total=49, currency="EUR")
    world.tick([click(world, delivery, START + clicked), order])
    [figures] = world.deliveries.figures(APP)
    assert (figures.converted, figures.direct) == counts


async def test_the_window_starts_at_the_message(world: World) -> None:
    delivery = await sent(world, 1, START, Goal(ORDER, "1d"))
    opened = world.engagement("message_opened", delivery, START + 10 * DAY)
    world.tick([opened, click(world, delivery, START + 10 * DAY), world.event(ORDER, 1, START + 10 * DAY + HOUR, total=49)])
    assert earned(world, delivery) == (0, {})


async def test_a_click_told_after_the_purchase_it_led_to_takes_the_credit(world: World) -> None:
    a, b = await sent(world, 1, START), await sent(world, 1, START + 1)
    world.tick([world.event(ORDER, 1, START + HOUR, total=49, currency="EUR")])
    assert earned(world, b) == (1, EARNED)
    world.tick([click(world, a, START + 2)])
    assert (earned(world, a), earned(world, b)) == ((1, EARNED), (0, {}))
    assert world.deliveries.get(APP, b.id).converted_at is None
    world.tick()
    assert len([each for each in world.emitted if each.name == Name.MESSAGE_CONVERTED]) == 1


async def test_a_click_in_a_mail_opens_it(world: World) -> None:
    world.person(3, email="lea@shop.example", consent=True)
    mail = world.messages.create(APP, "mail", "email", {"subject": "x", "text": "y"}, START)
    with writing(world.engine) as connection:
        messaging.intend(connection, [Intent(APP, 3, mail.id, "c", START)])
    await world.send()
    [delivery] = world.deliveries.page(APP, message_id=mail.id)
    world.tick([click(world, delivery, START + 5)])
    assert world.deliveries.get(APP, delivery.id).opened_at == START + 5
    world.tick([world.engagement("message_opened", delivery, START + 2)])
    assert world.deliveries.get(APP, delivery.id).opened_at == START + 2


# -- orders -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "second", [{"total": 49}, {"total": 99}, {}, {"order_id": 5, "total": 49}, {"orderId": "5", "order_id": None}]
)
@pytest.mark.parametrize("later", [0, HOUR, 5 * DAY])
async def test_an_order_told_twice_earns_once(world: World, second: dict[str, Any], later: int) -> None:
    delivery = await sent(world, 1, START)
    first = world.event(ORDER, 1, START + 1, order_id="5", total=49, currency="EUR")
    again = world.event(ORDER, 1, START + 2, received_at=START + 2 + later, **{"order_id": "5", **second})
    world.tick([first])
    world.tick([again])
    assert earned(world, delivery) == (1, EARNED)


async def test_an_order_in_one_batch_whose_richer_word_comes_second(world: World) -> None:
    delivery = await sent(world, 1, START)
    poor, rich = (
        world.event(ORDER, 1, START + 1, order_id="5"),
        world.event(ORDER, 1, START + 2, order_id="5", total="49.00", currency="eur"),
    )
    world.tick([poor, rich])
    assert earned(world, delivery) == (1, EARNED)


@given(
    words=st.lists(
        st.tuples(st.sampled_from([None, 49, 50]), st.sampled_from(["", "EUR", "USD"]), st.integers(1, 4)), min_size=1, max_size=6
    ),
    data=st.data(),
)
def test_what_an_order_is_worth_is_the_same_in_any_order(words: list[tuple[int | None, str, int]], data: st.DataObject) -> None:
    with_both = [(at, amount, currency) for amount, currency, at in words if amount is not None and currency]
    amounts = [(at, amount) for amount, _, at in words if amount is not None]
    lent = min(((at, currency) for amount, currency, at in words if amount is None and currency), default=(0, ""))
    expected = min(with_both)[1:] if with_both else (min(amounts)[1] if amounts else None, lent[1])
    row = dict(NO_AMOUNT)
    for amount, currency, at in data.draw(st.permutations(words)):
        weigh(row, amount, currency, at)
    assert (row["amount"], row["currency"]) == expected


@pytest.mark.parametrize("server_first", [True, False])
@pytest.mark.parametrize("server", [{"total": 49, "currency": "USD"}, {"currency": "USD"}])
@pytest.mark.parametrize("in_one", [True, False])
async def test_a_currency_that_one_of_two_tells_is_not_lost(
    world: World, server_first: bool, server: dict[str, Any], in_one: bool
) -> None:
    delivery = await sent(world, 1, START)
    words = [world.event(ORDER, 1, START + 1, order_id=1, total=49), world.event(ORDER, 1, START + 2, order_id=1, **server)]
    if server_first:
        words.reverse()
    for tick in [words] if in_one else [[word] for word in words]:
        world.tick(tick)
    assert earned(world, delivery) == (1, {"USD": 490_000})


@pytest.mark.parametrize("properties", [{}, {"order_id": "undefined"}])
async def test_what_comes_under_an_id_that_another_used_is_another_conversion(world: World, properties: dict[str, Any]) -> None:
    stranger, buyer = await sent(world, 1, START), await sent(world, 2, START)
    first = world.event(ORDER, 1, START + 1, total=10, currency="EUR", **properties)
    second = world.event(ORDER, 2, START + 2, total=50, currency="EUR", **properties)
    first.message_id = second.message_id = "order-1001"
    first.user_id, second.user_id = "u1", "u2"
    world.tick([first])
    world.tick([second])
    assert (earned(world, stranger), earned(world, buyer)) == ((1, {"EUR": 100_000}), (1, {"EUR": 500_000}))


async def test_an_order_told_again_after_the_message_was_not_brought_about_by_it(world: World) -> None:
    await sent(world, 2, START)  # there is a goal
    world.tick([world.event(ORDER, 1, START + 1, order_id="5", total=49)])
    delivery = await sent(world, 1, START + HOUR)
    world.tick([world.event(ORDER, 1, START + DAY, order_id="5", total=49)])  # a nightly export
    assert earned(world, delivery) == (0, {})


async def test_the_earliest_word_of_an_order_is_when_it_was(world: World) -> None:
    delivery = await sent(world, 1, START + HOUR)
    world.tick([world.event(ORDER, 1, START + 2 * HOUR, order_id="5", total=49)])
    assert earned(world, delivery)[0] == 1
    world.tick([world.event(ORDER, 1, START + 1, received_at=START + 3 * HOUR, order_id="5", total=49)])
    assert earned(world, delivery) == (0, {})


@pytest.mark.parametrize("none", ["undefined", "null", "", " ", None, True, 0, "[object Object]", {"a": 1}])
async def test_orders_without_a_number_are_not_one(world: World, none: Any) -> None:
    delivery = await sent(world, 1, START)
    world.tick([world.event(ORDER, 1, START + number, order_id=none, total=10) for number in (1, 2)])
    assert earned(world, delivery) == (2, {"": 200_000})


async def test_one_order_of_two_goals_and_of_two_apps_are_different(world: World) -> None:
    one, other = await sent(world, 1, START), await sent(world, 1, START, Goal("Order Paid"))
    world.tick(
        [world.event(ORDER, 1, START + 1, order_id=5, total=1), world.event("Order Paid", 1, START + 2, order_id=5, total=1)]
    )
    world.tick([world.event(ORDER, 1, START + 1, order_id=5, total=1, app=APP + 1)])
    assert (earned(world, one)[0], earned(world, other)[0]) == (1, 1)


@pytest.mark.parametrize("anonymous_first", [True, False])
async def test_an_order_told_by_a_browser_and_a_server_before_they_are_one_person(world: World, anonymous_first: bool) -> None:
    delivery = await sent(world, 1, START)
    words = [world.event(ORDER, person, START + 1, order_id=5, total=49, currency="EUR") for person in (2, 1)]
    for word in words if anonymous_first else reversed(words):
        world.tick([word])
    assert earned(world, delivery) == (1, EARNED)
    join(world, 2, 1)
    world.tick([world.event(ORDER, 1, START + 3, order_id=5, total=49, currency="EUR")])
    assert earned(world, delivery) == (1, EARNED)


@pytest.mark.parametrize("properties", [{}, {"order_id": 5}])
async def test_a_purchase_before_the_sign_in_is_credited_with_it(world: World, properties: dict[str, Any]) -> None:
    delivery = await sent(world, 1, START)
    world.tick([click(world, delivery, START + 1), world.event(ORDER, 2, START + 2, total=49, currency="EUR", **properties)])
    assert earned(world, delivery) == (0, {})
    [emitted] = join(world, 2, 1)
    assert earned(world, delivery) == (1, EARNED)
    assert (emitted.name, emitted.person_id, json.loads(emitted.body)["revenue"]) == ("message_converted", 1, 49)
    assert join(world, 2, 1) == []


async def test_the_deleted_leave_sums_and_no_order(world: World) -> None:
    delivery = await sent(world, 1, START)
    world.tick([world.event(ORDER, 1, START + 1, order_id=5, total=49, currency="EUR")])
    await sent(world, 2, START + 2)
    world.tick([world.event(ORDER, 2, START + 1, order_id=6, total=49)])  # not credited
    with writing(world.engine) as connection:
        messaging.forget(connection, APP, 1)
        messaging.forget(connection, APP, 2)
    assert earned(world, delivery) == (1, EARNED)
    assert world.rows("conversion_people") == []
    assert len(world.rows("conversions")) == 1


# -- refunds and money ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refunds", "left"),
    [
        ([{}], 0),
        ([{"total": 9}], 400_000),
        ([{"total": "9.00"}, {"total": 10}], 300_000),
        ([{"total": -9}], 400_000),
        ([{"total": 500}], 0),
        ([{"total": 30}, {"total": 30}], 0),
        ([{"total": 9, "refund_id": "r1"}, {"total": 9, "refund_id": "r1"}], 400_000),
        ([{"total": 9, "refund_id": "r1"}, {"total": 9, "refund_id": "r2"}], 310_000),
        ([{"total": 9, "currency": "EUR"}], 400_000),
        ([{"total": 9, "currency": "USD"}], 490_000),
        ([{"products": [{"price": 4, "quantity": 2}, {"price": "1"}]}], 400_000),
        ([{"products": [{"sku": "7"}]}], 0),
        ([{"order_id": 6}], 490_000),
        ([{"order_id": None}], 490_000),
    ],
)
@pytest.mark.parametrize("refund_first", [True, False])
async def test_refunds_come_off(world: World, refunds: list[dict[str, Any]], left: int, refund_first: bool) -> None:
    delivery = await sent(world, 1, START)
    given = [world.event(REFUND, 1, START + 5 + place, **{"order_id": 5, **each}) for place, each in enumerate(refunds)]
    order = world.event(ORDER, 1, START + 1, order_id=5, total=49, currency="EUR")
    for event in (*given, order) if refund_first else (order, *given):
        world.tick([event])
    assert earned(world, delivery) == (1, {"EUR": left})


async def test_the_same_refund_told_by_two_sources_at_one_instant_is_one(world: World) -> None:
    delivery = await sent(world, 1, START)
    world.tick([world.event(ORDER, 1, START + 1, order_id=5, total=49, currency="EUR")])
    world.tick([world.event(REFUND, 1, START + 9, order_id=5, total=9) for _ in range(2)])
    assert earned(world, delivery) == (1, {"EUR": 400_000})


@pytest.mark.parametrize(
    ("properties", "earned_in"),
    [
        ({"total": "42.50"}, {"": 425_000}),
        ({"total": 42.5, "currency": " usd "}, {"USD": 425_000}),
        ({"revenue": "42.50"}, {"": 425_000}),
        ({"total": "42,50"}, {}),
        ({"total": " 42.50 "}, {}),
        ({"total": "1e3"}, {}),
        ({"total": "42,50", "revenue": 42.5}, {"": 425_000}),
        ({"total": -5}, {"": 0}),
        ({"total": True}, {}),
        ({"total": 1e300}, {}),
        ({"total": 5, "currency": "Euro"}, {"": 50_000}),
        ({"value": 5}, {}),
    ],
)
async def test_money_is_read_as_rules_read_numbers(world: World, properties: dict[str, Any], earned_in: dict[str, int]) -> None:
    delivery = await sent(world, 1, START)
    world.tick([world.event(ORDER, 1, START + 1, **properties)])
    assert earned(world, delivery) == (1, earned_in)


async def test_currencies_are_kept_apart(world: World) -> None:
    delivery = await sent(world, 1, START)
    world.tick(
        [world.event(ORDER, 1, START + 1 + place, total=10, currency=each) for place, each in enumerate(["EUR", "USD", "EUR"])]
    )
    assert earned(world, delivery) == (3, {"EUR": 200_000, "USD": 100_000})
    [figures] = world.deliveries.figures(APP)
    assert figures.revenue == {"EUR": 200_000, "USD": 100_000}


# -- in any order ---------------------------------------------------------------------------------------------------------


class Did(NamedTuple):
    """Something that happened: ``what`` is click, open, order or refund; instants in hours."""

    what: str
    at: int
    about: int  # the delivery, or the order (0: none)
    amount: int = 0


def naive(sent_at: list[int], goal: int, did: list[Did]) -> dict[int, list[int]]:
    """Delivery → what each of its conversions is worth, by reading the rule off the page."""
    orders: dict[Any, list[Did]] = {}
    for number, each in enumerate(did):
        if each.what == "order":
            orders.setdefault(each.about or f"none {number}", []).append(each)
    found: dict[int, list[int]] = {}
    for order, words in orders.items():
        at = min(each.at for each in words)
        best: tuple[Any, ...] | None = None
        for delivery, left in enumerate(sent_at):
            if not at - goal < left <= at:
                continue
            clicks = [each.at for each in did if each.what == "click" and each.about == delivery and each.at <= at]
            opens = [each.at for each in did if each.what == "open" and each.about == delivery]
            last = max([left, *(each for each in [min(opens, default=0)] if each <= at)])
            rank = (True, max(clicks), left) if clicks else (False, last, left)
            best = max(best, (*rank, delivery)) if best else (*rank, delivery)
        if best is not None:
            refunds = sum(each.amount for each in did if each.what == "refund" and each.about == order)
            found.setdefault(best[-1], []).append(max(0, words[0].amount - refunds))
    return {delivery: sorted(worth) for delivery, worth in found.items()}


hours = st.integers(1, 60)
happenings = st.lists(
    st.one_of(
        st.builds(Did, st.sampled_from(["click", "open"]), hours, st.integers(0, 2)),
        st.builds(lambda at, about: Did("order", at, about, 10 + about), hours, st.integers(0, 3)),
        st.builds(Did, st.just("refund"), hours, st.integers(1, 3), st.integers(1, 8)),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda did: (did.what, did.at, did.about),
)


@pytest.mark.both_databases
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_credited_depends_on_what_happened_alone(world: World, data: st.DataObject) -> None:
    sent_at = data.draw(st.lists(st.integers(0, 40), min_size=3, max_size=3))
    did = data.draw(happenings)
    owners = data.draw(st.lists(st.sampled_from([1, 2]), min_size=len(did), max_size=len(did)))
    arrived = data.draw(st.permutations(range(len(did))))
    cuts = data.draw(st.sets(st.integers(0, len(did))))
    merged_after = data.draw(st.integers(0, len(did)))
    with writing(world.engine) as connection:
        for table in ("deliveries", "conversions", "conversion_people", "refunds", "clicks"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        store.insert_deliveries(connection, [_row(place, left) for place, left in enumerate(sent_at)])
        store.add_goal_events(connection, [(APP, ORDER)])
    batch: list[tuple[Event, int]] = []
    is_one = False
    for place, number in enumerate(arrived):
        if place == merged_after:
            _settle(world, batch)
            join(world, 2, 1)
            is_one = True
        # Engagement names its delivery's person; orders are told by either until both are one.
        person = owners[number] if did[number].what == "order" and not is_one else 1
        batch.append((_event(world, did[number], number), person))
        if place in cuts:
            _settle(world, batch)
    _settle(world, batch)
    if not is_one:
        join(world, 2, 1)
    expected = naive(
        [START + hour * HOUR for hour in sent_at], 24 * HOUR, [each._replace(at=START + each.at * HOUR) for each in did]
    )
    rows = [row for row in world.rows("conversions") if row["delivery_id"]]
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(int(row["delivery_id"], 16), []).append((row["amount"] - row["refunded"]) // 10_000)
    assert {delivery: sorted(worth) for delivery, worth in found.items()} == expected
    counted = {int(row["id"], 16): row["conversions"] for row in world.rows("deliveries") if row["conversions"]}
    assert counted == {delivery: len(worth) for delivery, worth in expected.items()}


def _settle(world: World, batch: list[tuple[Event, int]]) -> None:
    with writing(world.engine) as connection:
        messaging.observe(
            connection, Batch([event for event, _ in batch], [person for _, person in batch], [False] * len(batch), 1)
        )
    batch.clear()


def _event(world: World, did: Did, number: int) -> Event:
    at = START + did.at * HOUR
    name = {"click": "message_clicked", "open": "message_opened", "order": ORDER, "refund": REFUND}[did.what]
    if did.what in ("click", "open"):
        return world.event(name, 1, at, kind=Kind.DERIVED, delivery=f"{did.about:032x}")
    own: dict[str, Any] = {"refund_id": f"r{number}"} if did.what == "refund" else {}
    return world.event(name, 1, at, order_id=did.about or None, total=did.amount, **own)


def _row(place: int, left: int) -> dict[str, Any]:
    texts = ("address", "run_id", "node", "reason", "detail", "provider_id")
    numbers = ("subscription_id", "journey_id", "attempts", "conversions")
    return {
        **dict.fromkeys(texts, ""),
        **dict.fromkeys(numbers, 0),
        "id": f"{place:032x}",
        "app_id": APP,
        "person_id": 1,
        "channel": "web_push",
        "message_id": place + 1,
        "is_test": False,
        "state": "sent",
        "goal_event": ORDER,
        "goal_length": 24 * HOUR,
        "created_at": START,
        "due_at": START,
        "sent_at": START + left * HOUR,
        "direct": False,
        "data": "{}",
    }


@pytest.mark.both_databases
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    came=st.lists(
        st.tuples(
            st.sampled_from(["email", "web_push"]),
            st.sampled_from(["sent", "unknown", "failed", "skipped", "pending"]),
            st.sampled_from([ORDER, ""]),
            st.sets(st.sampled_from(["delivered", "opened", "clicked", "dismissed", "unsubscribed", "bounced", "converted"])),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_a_rate_is_never_more_than_all(world: World, came: list[tuple[str, str, str, set[str]]]) -> None:
    """Whatever became of deliveries, also of those of which nobody knows whether they were sent."""
    rows = [
        {
            **_row(place, 0),
            **{f"{name}_at": START if name in emitted else None for name in _INSTANTS},
            "channel": channel,
            "state": state,
            "goal_event": goal,
            "conversions": int("converted" in emitted),
        }
        for place, (channel, state, goal, emitted) in enumerate(came)
        if goal or "converted" not in emitted
    ]
    with writing(world.engine) as connection:
        connection.exec_driver_sql("DELETE FROM deliveries")
        store.insert_deliveries(connection, rows)
    figures = world.deliveries.figures(APP)
    for some in [figures, *([each] for each in figures)]:
        outcome = sum_up(some)
        assert all(rate is None or 0 <= rate <= 1 for rate in msgspec.structs.astuple(outcome.rates)), outcome
        assert outcome.sent <= outcome.reached
        assert outcome.aimed <= outcome.reached


_INSTANTS = ("delivered", "opened", "clicked", "dismissed", "unsubscribed", "bounced", "converted")


async def test_imported_history_credits_and_takes_nothing(world: World) -> None:
    delivery = await sent(world, 1, START)
    imported = world.event(ORDER, 1, START + 1, flags=Flag.IMPORTED, order_id=5, total=1)
    world.tick([imported])
    world.tick([world.event(ORDER, 1, START + 2, order_id=5, total=49, currency="EUR")])
    world.tick([world.event(REFUND, 1, START + 3, flags=Flag.IMPORTED, order_id=5)])
    assert earned(world, delivery) == (1, EARNED)
