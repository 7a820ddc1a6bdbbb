"""Every error of the program has a status that was chosen, and the rate limit counts right."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import msgspec
import pytest

import relance
from relance.accounts.errors import RateLimitedError
from relance.core.error_text import ErrorText
from relance.core.errors import ConflictError, InvalidError, RelanceError
from relance.web.errors import STATUS, problem_of, status_of
from relance.web.limits import RateLimit

OURS_TO_REPAIR = {
    "error",
    "internal",
    "stalled",
    "history_version",
    "unknown_call",
    "demo_data_missing",
    "story_failed",
}  # 500 is right for these
AT_THE_COMMAND_LINE = {"partitions_fixed", "server", "server_running"}  # never answered over HTTP


def families(kind: type[RelanceError] = RelanceError) -> Iterator[type[RelanceError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from families(child)


def test_every_error_has_a_status_that_was_chosen() -> None:
    for module in pkgutil.walk_packages(relance.__path__, "relance."):
        if module.name.rpartition(".")[2] == "errors":
            importlib.import_module(module.name)
    unknown = {kind.code for kind in families() if status_of(kind) == 500 and kind.__module__.startswith("relance.")}
    assert unknown <= OURS_TO_REPAIR | AT_THE_COMMAND_LINE


def test_an_error_without_a_status_has_its_familys() -> None:
    class OddError(ConflictError):
        code = "odd"

    assert "odd" not in STATUS
    problem = problem_of(OddError(ErrorText.local("Odd."), version=3))
    told = {"code": "odd", "message": "Odd.", "reason": None, "parameters": {}, "data": {"version": 3}}
    assert (problem.status, problem.body) == (409, {"error": told})
    assert problem_of(InvalidError(ErrorText.local("Bad."), path="x")).headers == {}
    assert problem_of(RateLimitedError(ErrorText.local("Wait."), retry_after=7)).headers == {"Retry-After": "7"}


def test_an_error_with_a_reason_says_it_and_what_its_sentence_was_filled_with() -> None:
    text = ErrorText(
        "too_many", "{most:,} of {kinds} at most: {why}", most=1200, kinds=("a", "b"), why=ErrorText("full", "Full.")
    )
    error = problem_of(InvalidError(text, path="x")).body["error"]
    assert error["message"] == "1,200 of a, b at most: Full."
    assert (error["code"], error["reason"], error["data"]) == ("invalid", "too_many", {"path": "x"})
    why = {"message": "Full.", "reason": "full", "parameters": {}}
    assert error["parameters"] == {"most": 1200, "kinds": ["a", "b"], "why": why}
    assert msgspec.json.decode(msgspec.json.encode(error)) == error


def test_a_caller_gets_its_rate_and_two_seconds_of_burst() -> None:
    instant = 0.0
    limit = RateLimit(10, lambda: instant)
    for _ in range(20):
        limit.take("a")
    with pytest.raises(RateLimitedError):
        limit.take("a")
    limit.take("b")
    instant = 0.5
    for _ in range(5):
        limit.take("a")
    with pytest.raises(RateLimitedError):
        limit.take("a")


def test_a_rate_of_zero_is_no_limit() -> None:
    limit = RateLimit(0)
    for _ in range(1_000):
        limit.take("a")
