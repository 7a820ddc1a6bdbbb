"""The seeded shop: one seed, one story; more visitors change no other's."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.core.time import DAY, MINUTE
from relance.demo.cast import cast_story
from relance.demo.plan import Act, plan_story
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
    assert sorted(people) == ["ada", "bo", "cleo", "dan", "eve", "finn", "gus", "hal"]
    signed_up = {step.visitor: step.instant for step in steps if step.act == Act.SIGN_UP}
    assert all(step.instant > signed_up[step.visitor] for step in steps if step.name == "Order Completed")


@given(st.integers(min_value=0, max_value=100), st.text(max_size=10), st.text(max_size=20))
def test_a_reaction_depends_on_nothing_but_what_was_received(seed: int, visitor: str, cause: str) -> None:
    assert react_to_push(seed, visitor, cause) == react_to_push(seed, visitor, cause)
    mail = react_to_mail(seed, visitor, cause)
    if mail.clicks_after is not None:
        assert mail.opens_after is not None
        assert mail.opens_after < mail.clicks_after
