"""Idempotency keys: one request is done once, and its answer is repeated."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.accounts.answers import ABANDONED_AFTER
from relance.accounts.errors import IdempotencyInFlightError, IdempotencyMismatchError
from relance.accounts.service import IdempotentAnswers
from relance.core.errors import ConflictError
from relance.core.time import DAY
from relance.infra.database import reading

pytestmark = pytest.mark.both_databases

NOW = 1_760_000_000_000


@pytest.fixture
def answers(state: Engine) -> IdempotentAnswers:
    return IdempotentAnswers(state, b"s" * 32)


def test_a_repeated_request_is_answered_from_what_was_kept(answers: IdempotentAnswers) -> None:
    assert answers.claim(1, "k", b"POST /x {}", NOW).fresh
    answers.keep(1, "k", 201, b'{"id":7}')
    again = answers.claim(1, "k", b"POST /x {}", NOW + 1000)
    assert (again.fresh, again.status, again.answer) == (False, 201, b'{"id":7}')


def test_another_request_under_the_same_key_is_a_mismatch(answers: IdempotentAnswers) -> None:
    answers.claim(1, "k", b"POST /x {}", NOW)
    with pytest.raises(IdempotencyMismatchError):
        answers.claim(1, "k", b"POST /x {1}", NOW)
    assert answers.claim(2, "k", b"POST /x {1}", NOW).fresh


def test_a_released_key_may_be_used_again(answers: IdempotentAnswers) -> None:
    answers.claim(1, "k", b"a", NOW)
    answers.release(1, "k")
    assert answers.claim(1, "k", b"b", NOW).fresh
    answers.keep(1, "k", 200, b"")
    answers.release(1, "k")
    assert not answers.claim(1, "k", b"b", NOW).fresh


def test_of_concurrent_claims_exactly_one_is_fresh(answers: IdempotentAnswers) -> None:
    together = threading.Barrier(6)

    def claim(_number: int) -> str:
        together.wait()
        try:
            return "fresh" if answers.claim(1, "k", b"a", NOW).fresh else "answered"
        except IdempotencyInFlightError as error:
            return error.code

    with ThreadPoolExecutor(6) as pool:
        reported = sorted(pool.map(claim, range(6)))
    assert reported == ["fresh"] + ["idempotency_in_flight"] * 5


def test_only_one_takes_over_a_claim_whose_process_died(answers: IdempotentAnswers) -> None:
    answers.claim(1, "k", b"a", NOW)
    with pytest.raises(IdempotencyInFlightError):
        answers.claim(1, "k", b"a", NOW + ABANDONED_AFTER)
    together = threading.Barrier(4)

    def claim(_number: int) -> bool:
        together.wait()
        try:
            return answers.claim(1, "k", b"a", NOW + ABANDONED_AFTER + 1).fresh
        except IdempotencyInFlightError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(claim, range(4))) == 1


def test_answers_are_forgotten_after_a_day(answers: IdempotentAnswers) -> None:
    answers.claim(1, "k", b"a", NOW)
    answers.keep(1, "k", 200, b"x")
    assert not answers.claim(1, "k", b"a", NOW + DAY).fresh
    assert answers.claim(1, "k", b"a", NOW + DAY + 1).fresh


def test_a_kept_answer_cannot_be_read_without_the_key_and_the_secret(answers: IdempotentAnswers, state: Engine) -> None:
    answers.claim(1, "my-key", b"a", NOW)
    answers.keep(1, "my-key", 200, b"rla_in_clear")
    with reading(state) as connection:
        row = connection.execute(sa.text("SELECT * FROM idempotency")).one()
    assert b"rla_in_clear" not in bytes(row.answer)
    assert "my-key" not in str(row)
    with pytest.raises(ConflictError):
        IdempotentAnswers(state, b"t" * 32).claim(1, "my-key", b"a", NOW)
