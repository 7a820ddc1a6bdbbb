"""What every transport must make of what a provider does. A transport's tests say how each case is brought about there."""

from __future__ import annotations

from enum import Enum

from relance.channels.model import SendResult, SendState


class Case(Enum):
    """What the provider does with the next message."""

    SUCCESS = "success"
    GONE = "gone"
    RETRY_AFTER = "retry after"  # busy, and says for how long: 7 seconds
    THROTTLED = "throttled"  # too many, without a time
    OVERSIZE = "oversize"
    SILENCE = "silence"
    GARBAGE = "garbage"
    RESET = "reset"
    SLOW = "slow"  # an answer, but late
    WRONG_KEY = "wrong key"
    BREAKDOWN = "breakdown"  # 500
    REDIRECT = "redirect"
    GOAWAY = "goaway"  # HTTP/2 alone: the connection is left, this request not acted upon


EXPECTED = {
    Case.SUCCESS: {SendState.SENT},
    Case.GONE: {SendState.GONE},
    Case.RETRY_AFTER: {SendState.RETRY},
    Case.THROTTLED: {SendState.RETRY},
    Case.OVERSIZE: {SendState.FAILED},
    Case.SILENCE: {SendState.RETRY},
    Case.GARBAGE: {SendState.RETRY},
    Case.RESET: {SendState.RETRY},
    Case.SLOW: {SendState.SENT},
    Case.WRONG_KEY: {SendState.HELD, SendState.REFUSED},  # nobody's address ends by it
    Case.BREAKDOWN: {SendState.RETRY},
    Case.REDIRECT: {SendState.FAILED, SendState.RETRY},
    Case.GOAWAY: {SendState.SENT},
}
IN_DOUBT = {Case.SILENCE, Case.GARBAGE, Case.RESET}  # it may have arrived


def holds(case: Case, result: SendResult, *secrets: str) -> None:
    """The outcome is what everything above transports relies on, and none of the ``secrets`` is in its words."""
    assert result.state in EXPECTED[case], result
    if case is Case.RETRY_AFTER:
        assert result.retry_after_ms == 7_000
    assert result.uncertain is (case in IN_DOUBT)
    assert len(result.detail) <= 300
    if result.state is not SendState.SENT:
        assert result.detail
    assert not [each for each in secrets if each in result.detail]
