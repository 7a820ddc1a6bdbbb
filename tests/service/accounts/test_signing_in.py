"""Operators: set-up, sign-in, its limit, sessions."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.accounts.errors import AlreadySetUpError, RateLimitedError, WrongCredentialsError
from relance.accounts.service import Accounts
from relance.core.errors import ConflictError, InvalidError
from relance.core.time import HOUR, MINUTE
from relance.infra.database import reading

NOW = 1_760_000_000_000
PASSWORD = "correct horse battery"


@pytest.fixture
def accounts(state: Engine) -> Accounts:
    accounts = Accounts(state, sign_in_attempts=3, session_hours=12)
    accounts.create_first_operator("Ada@Example.org", "Ada", PASSWORD, NOW)
    return accounts


def test_set_up_is_needed_until_there_is_an_operator(state: Engine) -> None:
    accounts = Accounts(state)
    assert accounts.setup_needed()
    accounts.create_first_operator("ada@example.org", "Ada", PASSWORD, NOW)
    assert not accounts.setup_needed()
    with pytest.raises(AlreadySetUpError):
        accounts.create_first_operator("eve@example.org", "Eve", PASSWORD, NOW)


def test_of_concurrent_first_operators_exactly_one_is_made(state: Engine) -> None:
    accounts = Accounts(state)
    together = threading.Barrier(4)

    def set_up(number: int) -> bool:
        together.wait()
        try:
            accounts.create_first_operator(f"op{number}@example.org", "Op", PASSWORD, NOW)
        except AlreadySetUpError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(set_up, range(4))) == 1


def test_an_operator_signs_in_whatever_the_case_of_the_address(accounts: Accounts) -> None:
    made = accounts.sign_in(" ADA@example.org ", PASSWORD, "10.0.0.1", NOW)
    session = accounts.session(made.token, NOW)
    assert session == made.session
    assert session is not None
    assert session.operator.email == "ada@example.org"


def test_the_store_holds_no_password_and_no_token_in_clear(accounts: Accounts, state: Engine) -> None:
    made = accounts.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW)
    with reading(state) as connection:
        operator = connection.execute(sa.text("SELECT * FROM operators")).one()
        stored = str(operator) + str(connection.execute(sa.text("SELECT * FROM sessions")).one())
    assert operator.password_hash.startswith("$argon2id$")
    assert PASSWORD not in stored
    assert made.token not in stored


def test_a_session_ends_by_time_or_by_signing_out(accounts: Accounts) -> None:
    made = accounts.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW)
    assert accounts.session(made.token, NOW + 12 * HOUR - 1) is not None
    assert accounts.session(made.token, NOW + 12 * HOUR) is None
    accounts.sign_out(made.token)
    assert accounts.session(made.token, NOW) is None
    accounts.sign_out("never was one")


def test_an_unknown_address_and_a_wrong_password_are_told_alike(accounts: Accounts) -> None:
    told = []
    for email in ("ada@example.org", "nobody@example.org"):
        with pytest.raises(WrongCredentialsError) as caught:
            accounts.sign_in(email, "wrong password", email, NOW)
        told.append((caught.value.message, caught.value.data))
    assert told[0] == told[1]


def test_too_many_failures_from_an_address_are_refused_until_they_age(accounts: Accounts) -> None:
    for second in range(3):
        with pytest.raises(WrongCredentialsError):
            accounts.sign_in("ada@example.org", "wrong password", "10.0.0.1", NOW + second * 1000)
    for _ in range(5):  # being refused does not lengthen the wait
        with pytest.raises(RateLimitedError) as caught:
            accounts.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW + 5 * MINUTE)
        assert caught.value.data == {"retry_after": 600}
    assert accounts.sign_in("ada@example.org", PASSWORD, "10.0.0.2", NOW + 5 * MINUTE).token
    assert accounts.sign_in("ada@example.org", PASSWORD, "10.0.0.1", NOW + 15 * MINUTE).token


def test_attempts_side_by_side_count_each_other(accounts: Accounts) -> None:
    together = threading.Barrier(8)

    def attempt(_number: int) -> str:
        together.wait()
        try:
            accounts.sign_in("ada@example.org", "wrong password", "10.0.0.1", NOW)
        except (WrongCredentialsError, RateLimitedError) as error:
            return error.code
        return "signed_in"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(attempt, range(8)))
    assert "signed_in" not in told
    assert told.count("wrong_credentials") <= 3


@pytest.mark.parametrize("email", ["", "ada", "@x", "a@", "a b@c.d", "a\x00@c.d", "a" * 250 + "@c.de"])
def test_a_bad_address_is_refused(accounts: Accounts, email: str) -> None:
    with pytest.raises(InvalidError):
        accounts.create_operator(email, "Bob", PASSWORD, NOW)


def test_a_short_password_and_a_taken_address_are_refused(accounts: Accounts) -> None:
    with pytest.raises(InvalidError):
        accounts.create_operator("bob@example.org", "Bob", "short", NOW)
    with pytest.raises(ConflictError):
        accounts.create_operator("ADA@example.org", "Ada again", PASSWORD, NOW)
