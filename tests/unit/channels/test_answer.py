"""What a push service's answer means."""

from __future__ import annotations

import pytest

from relance.channels.model import SendState
from relance.channels.network import retry_after
from relance.channels.web_push.answer import read_answer

NOW = 1_767_225_600.0  # 2026-01-01


STATES = {
    "sent": (200, 201, 202, 204),
    "gone": (404, 410),
    "failed": (301, 413),
    "refused": (400, 401, 403),
    "retry": (408, 429, 500, 502, 503),
}


@pytest.mark.parametrize(("status", "state"), [(status, state) for state, all_of in STATES.items() for status in all_of])
def test_each_status_has_its_state(status: int, state: str) -> None:
    assert read_answer(status, {}, b"", NOW).state == SendState(state)


def test_what_was_said_is_kept_short() -> None:
    result = read_answer(400, {}, b"bad \xff" + b"x" * 1000, NOW)
    assert result.detail.startswith("400 bad")
    assert len(result.detail) <= 300
    assert read_answer(201, {"Location": "https://push.example/m/1"}, b"", NOW).provider_id == "https://push.example/m/1"


WAITS = {
    "0": 0,
    "120": 120_000,
    " 5 ": 5_000,
    "Thu, 01 Jan 2026 00:01:00 GMT": 60_000,
    "Thu, 01 Jan 2015 00:00:00 GMT": 0,
    "": 0,
    "soon": 0,
    "-5": 0,
    "9" * 40: 86_400_000,
    "٣": 0,
}


@pytest.mark.parametrize(("value", "wait"), WAITS.items())
def test_retry_after_is_seconds_or_a_date(value: str, wait: int) -> None:
    assert retry_after(value, NOW) == wait


def test_what_is_too_large_says_what_to_do() -> None:
    assert read_answer(413, {}, b"", NOW).detail == "413 (larger than this push service takes: shorten the message)"
