"""Operators: set-up, sign-in, its limit, sessions."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.accounts.errors import (
    AlreadySetUpError,
    LastOperatorError,
    LinkSpentError,
    RateLimitedError,
    WrongCredentialsError,
)
from relance.accounts.operators import Operators
from relance.core.errors import ConflictError, InvalidError, NotFoundError
from relance.core.time import HOUR, MINUTE
from relance.infra.database import reading

pytestmark = pytest.mark.both_databases

NOW = 1_760_000_000_000
PASSWORD = "correct horse battery"


SECRET = b"s" * 32


@pytest.fixture
def operators(state: Engine) -> Operators:
    operators = Operators(state, SECRET, attempts=3, session_hours=12, idle_minutes=24 * 60)
    operators.create_first("Ada@Example.org", "Ada", PASSWORD, NOW)
    return operators


def test_set_up_is_needed_until_there_is_an_operator(state: Engine) -> None:
    operators = Operators(state, SECRET)
    assert operators.setup_needed()
    operators.create_first("ada@example.org", "Ada", PASSWORD, NOW)
    assert not operators.setup_needed()
    with pytest.raises(AlreadySetUpError):
        operators.create_first("eve@example.org", "Eve", PASSWORD, NOW)


def test_of_concurrent_first_operators_exactly_one_is_made(state: Engine) -> None:
    operators = Operators(state, SECRET)
    together = threading.Barrier(4)

    def set_up(number: int) -> bool:
        together.wait()
        try:
            operators.create_first(f"op{number}@example.org", "Op", PASSWORD, NOW)
        except AlreadySetUpError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(set_up, range(4))) == 1


def test_an_operator_signs_in_whatever_the_case_of_the_address(operators: Operators) -> None:
    made = operators.sign_in(" ADA@example.org ", PASSWORD, "10.0.0.1", NOW)
    session = operators.session(made.token, NOW)
    assert session == made.session
    assert session is not None
    assert session.operator.email == "ada@example.org"


def test_the_store_holds_no_password_and_no_token_in_clear(operators: Operators, state: Engine) -> None:
    made = operators.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW)
    with reading(state) as connection:
        operator = connection.execute(sa.text("SELECT * FROM operators")).one()
        stored = str(operator) + str(connection.execute(sa.text("SELECT * FROM sessions")).one())
    assert operator.password_hash.startswith("$argon2id$")
    assert PASSWORD not in stored
    assert made.token not in stored


def test_a_session_ends_by_time_or_by_signing_out(operators: Operators) -> None:
    made = operators.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW)
    assert operators.session(made.token, NOW + 12 * HOUR - 1) is not None
    assert operators.session(made.token, NOW + 12 * HOUR) is None
    operators.sign_out(made.token)
    assert operators.session(made.token, NOW) is None
    operators.sign_out("never was one")


def test_an_unknown_address_and_a_wrong_password_are_told_alike(operators: Operators) -> None:
    reported = []
    for email in ("ada@example.org", "nobody@example.org"):
        with pytest.raises(WrongCredentialsError) as caught:
            operators.sign_in(email, "wrong password", email, NOW)
        reported.append((caught.value.message, caught.value.data))
    assert reported[0] == reported[1]


def test_too_many_failures_from_an_address_are_refused_until_they_age(operators: Operators) -> None:
    for second in range(3):
        with pytest.raises(WrongCredentialsError):
            operators.sign_in("ada@example.org", "wrong password", "10.0.0.1", NOW + second * 1000)
    for _ in range(5):  # being refused does not lengthen the wait
        with pytest.raises(RateLimitedError) as caught:
            operators.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW + 5 * MINUTE)
        assert caught.value.data == {"retry_after": 600}
    with pytest.raises(RateLimitedError):  # by account, too
        operators.sign_in("ada@example.org", PASSWORD, "10.0.0.2", NOW + 5 * MINUTE)
    assert operators.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW + 15 * MINUTE).token


def test_attempts_side_by_side_count_each_other(operators: Operators) -> None:
    together = threading.Barrier(8)

    def attempt(_number: int) -> str:
        together.wait()
        try:
            operators.sign_in("ada@example.org", "wrong password", "10.0.0.1", NOW)
        except (WrongCredentialsError, RateLimitedError) as error:
            return error.code
        return "signed_in"

    with ThreadPoolExecutor(8) as pool:
        reported = list(pool.map(attempt, range(8)))
    assert "signed_in" not in reported
    assert reported.count("wrong_credentials") <= 3


@pytest.mark.parametrize("email", ["", "ada", "@x", "a@", "a b@c.d", "a\x00@c.d", "a" * 250 + "@c.de"])
def test_a_bad_address_is_refused(operators: Operators, email: str) -> None:
    with pytest.raises(InvalidError):
        operators.invite(email, "Bob", NOW, actor="system")


def test_a_short_password_and_a_taken_address_are_refused(operators: Operators) -> None:
    _, link = operators.invite("bob@example.org", "Bob", NOW, actor="system")
    with pytest.raises(InvalidError):
        operators.choose_password(link.token, "short", NOW)
    with pytest.raises(ConflictError):
        operators.invite("ADA@example.org", "Ada again", NOW, actor="system")


def test_an_account_is_limited_from_however_many_networks(operators: Operators) -> None:
    reported = []
    for number in range(6):
        with pytest.raises((WrongCredentialsError, RateLimitedError)) as caught:
            operators.sign_in("ada@example.org", "wrong password", f"198.51.100.{number}", NOW)
        reported.append(caught.value.code)
    assert reported == ["wrong_credentials"] * 3 + ["rate_limited"] * 3


def test_a_browser_that_has_signed_in_before_cannot_be_locked_out_by_others(operators: Operators) -> None:
    mine = operators.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW).device
    for number in range(9):
        with pytest.raises((WrongCredentialsError, RateLimitedError)):
            operators.sign_in("ada@example.org", "wrong password", "10.0.0.1", NOW + number)
    with pytest.raises(RateLimitedError):
        operators.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW + MINUTE)
    assert operators.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW + MINUTE, device=mine).token


def test_a_device_is_limited_and_is_good_for_its_own_account_alone(operators: Operators) -> None:
    mine = operators.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW).device
    reported = []
    for number in range(5):
        with pytest.raises((WrongCredentialsError, RateLimitedError)) as caught:
            operators.sign_in("ada@example.org", "wrong password", f"10.0.1.{number}", NOW, device=mine)
        reported.append(caught.value.code)
    assert reported == ["wrong_credentials"] * 3 + ["rate_limited"] * 2
    for email in ("eve@example.org", "bob@example.org"):
        for number in range(5):
            with pytest.raises((WrongCredentialsError, RateLimitedError)) as caught:
                operators.sign_in(email, "wrong password", f"10.0.2.{number}", NOW, device=mine)
        assert caught.value.code == "rate_limited", "counted by account, for the device is another's"


def test_refused_sign_ins_write_nothing(operators: Operators, state: Engine) -> None:
    written: list[str] = []
    sa.event.listen(state, "before_cursor_execute", lambda _c, _k, statement, *_: written.append(statement))
    for number in range(8):
        with pytest.raises((WrongCredentialsError, RateLimitedError)):
            operators.sign_in("ada@example.org", "wrong password", "10.0.0.1", NOW + number)
    assert [each for each in written if not each.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN"))] == []


def test_a_session_that_is_not_used_ends(state: Engine) -> None:
    operators = Operators(state, SECRET, session_hours=12, idle_minutes=30)
    operators.create_first("ada@example.org", "Ada", PASSWORD, NOW)
    token = operators.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW).token
    for minutes in (29, 58, 87):  # each use counts from then on
        assert operators.session(token, NOW + minutes * MINUTE) is not None
    assert operators.session(token, NOW + 117 * MINUTE) is None


def test_an_invited_operator_chooses_a_password_once(operators: Operators) -> None:
    bob, link = operators.invite("Bob@Example.org", "Bob", NOW, actor="operator:1")
    assert (bob.email, bob.is_invited) == ("bob@example.org", True)
    with pytest.raises(WrongCredentialsError):
        operators.sign_in("bob@example.org", "", "10.0.0.9", NOW)
    made = operators.choose_password(link.token, PASSWORD, NOW + HOUR)
    assert operators.session(made.token, NOW + HOUR) is not None
    with pytest.raises(LinkSpentError):
        operators.choose_password(link.token, PASSWORD, NOW + HOUR)
    assert [each.is_invited for each in operators.all()] == [False, False]


def test_a_link_ends_with_its_time_and_with_the_next_one(operators: Operators) -> None:
    bob, first = operators.invite("bob@example.org", "Bob", NOW, actor="system")
    second = operators.link(bob.id, NOW, actor="system")
    for token, now in ((first.token, NOW), (second.token, second.expires_at)):
        with pytest.raises(LinkSpentError):
            operators.choose_password(token, PASSWORD, now)
    assert operators.choose_password(second.token, PASSWORD, second.expires_at - 1).token


def test_a_reset_ends_every_session_and_a_change_all_but_ones_own(operators: Operators) -> None:
    here = operators.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW)
    there = operators.sign_in("ada@example.org", PASSWORD, "10.0.0.2", NOW)
    with pytest.raises(WrongCredentialsError):
        operators.change_password(here.session, "wrong password", "another long one", NOW)
    operators.change_password(here.session, PASSWORD, "another long one", NOW)
    assert operators.session(here.token, NOW) is not None
    assert operators.session(there.token, NOW) is None
    with pytest.raises(WrongCredentialsError):
        operators.sign_in("ada@example.org", PASSWORD, "10.0.0.3", NOW)
    link = operators.link(here.session.operator.id, NOW, actor="system")
    operators.choose_password(link.token, PASSWORD, NOW)
    assert operators.session(here.token, NOW) is None


def test_sessions_are_listed_and_ended_one_by_one_and_together(operators: Operators) -> None:
    made = [operators.sign_in("ada@example.org", PASSWORD, f"10.0.0.{n}", NOW + n, agent=f"browser {n}") for n in range(1, 5)]
    listed = operators.sessions(made[0].session, NOW + 10)
    assert [(each.agent, each.is_this) for each in listed] == [
        ("browser 4", False),
        ("browser 3", False),
        ("browser 2", False),
        ("browser 1", True),
    ]
    operators.end_session(made[0].session, listed[0].id)
    assert operators.session(made[3].token, NOW + 10) is None
    with pytest.raises(NotFoundError):
        operators.end_session(made[0].session, listed[0].id)
    assert operators.end_other_sessions(made[0].session) == 2
    assert operators.session(made[0].token, NOW + 10) is not None


def test_a_removed_operator_is_out_at_once_and_can_be_invited_again(operators: Operators) -> None:
    bob, link = operators.invite("bob@example.org", "Bob", NOW, actor="system")
    made = operators.choose_password(link.token, PASSWORD, NOW)
    operators.remove(bob.id, NOW, actor="operator:1")
    assert operators.session(made.token, NOW) is None
    with pytest.raises(WrongCredentialsError):
        operators.sign_in("bob@example.org", PASSWORD, "10.0.0.4", NOW)
    again, link = operators.invite("bob@example.org", "Robert", NOW, actor="system")
    assert (again.id, again.name) == (bob.id, "Robert")
    assert operators.choose_password(link.token, PASSWORD, NOW).token


def test_the_last_operator_who_can_sign_in_stays(operators: Operators) -> None:
    (ada,) = operators.all()
    operators.invite("bob@example.org", "Bob", NOW, actor="system")  # has no password yet
    with pytest.raises(LastOperatorError):
        operators.remove(ada.id, NOW, actor="system")
