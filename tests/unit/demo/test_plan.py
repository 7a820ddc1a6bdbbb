"""The seeded shop: one seed, one story; more visitors change no other's."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.core.time import DAY, MINUTE
from relance.demo.cast import OPEN_CARTS, REMINDED, SHOWN, cast_story, evening
from relance.demo.plan import NAMES, Act, plan_story
from relance.demo.reactions import react_to_mail, react_to_push

START = 1_790_000_000_000 - 1_790_000_000_000 % DAY


def test_one_seed_is_one_story() -> None:
    assert plan_story(7, 40, START, 3) == plan_story(7, 40, START, 3)
    assert plan_story(7, 40, START, 3) != plan_story(8, 40, START, 3)


def test_more_visitors_leave_the_others_as_they_were() -> None:
    few, many = plan_story(7, 10, START, 3), plan_story(7, 30, START, 3)
    assert [step for step in many[1] if step.visitor in few[0]] == few[1]


@settings(max_examples=20)
@given(st.integers(min_value=0, max_value=10_000))
def test_steps_fall_on_minutes_in_order_and_nobody_buys_a_cart_twice(seed: int) -> None:
    _, steps = plan_story(seed, 30, START, 3)
    assert steps == sorted(steps)
    assert all(step.instant % MINUTE == 0 for step in steps)
    bought = [step.details["cart_id"] for step in steps if step.name == "Order Completed"]
    assert len(bought) == len(set(bought))


def test_the_cast_signs_up_before_it_buys() -> None:
    people, steps = cast_story(START)
    assert sorted(people) == sorted(SHOWN) == ["ada", "bo", "cleo", "dan", "eve", "finn", "gus", "hal"]
    signed_up = {step.visitor: step.instant for step in steps if step.act == Act.SIGN_UP}
    assert all(step.instant > signed_up[step.visitor] for step in steps if step.name == "Order Completed")


def test_nobody_of_the_crowd_is_called_as_those_to_look_at() -> None:
    written = {**cast_story(START)[0], **evening(START)[0]}
    assert not {each.first_name for each in written.values()} & set(NAMES)


def test_carts_are_open_when_the_story_ends_some_reminded_of_and_one_about_to_be() -> None:
    people, steps = evening(START)
    assert set(people) == set(OPEN_CARTS)
    assert all(step.instant < START and step.instant % MINUTE == 0 for step in steps)
    assert not [step for step in steps if step.name == "Order Completed"]
    assert 0 < REMINDED < len(OPEN_CARTS)
    views = [step for step in steps if step.name == "Product Viewed"]
    assert all(sum(step.visitor == key for step in views) >= 3 for key in people)  # window shoppers, too
    for key in people:
        assert react_to_push(7, key, "any") == react_to_mail(7, key, "any")  # they do nothing


def test_eve_buys_after_her_push() -> None:
    reaction = react_to_push(7, "eve", "any")
    assert None not in (reaction.clicks_after, reaction.buys_after)


@given(st.integers(min_value=0, max_value=100), st.text(max_size=10), st.text(max_size=20))
def test_a_reaction_depends_on_nothing_but_what_was_received(seed: int, visitor: str, cause: str) -> None:
    assert react_to_push(seed, visitor, cause) == react_to_push(seed, visitor, cause)
    mail = react_to_mail(seed, visitor, cause)
    if mail.clicks_after is not None:
        assert mail.opens_after is not None
        assert mail.opens_after < mail.clicks_after
