"""Mailgun's webhooks: signed and recent, or nothing; and what each event means."""

from __future__ import annotations

import hmac
from typing import Any

import msgspec
import pytest

from relance.channels.callback import CallbackForgedError, CallbackRequest, Fate, FateReport
from relance.channels.email.mailgun_account import MailgunSecrets, MailgunSettings
from relance.channels.email.mailgun_callback import AHEAD, TOLERANCE, hear
from relance.core.errors import InvalidError

KEY, DELIVERY, NOW = "signing-key", "0123456789abcdef" * 2, 1_796_000_000_000
SETTINGS, SECRETS = MailgunSettings("mg.example.com"), MailgunSecrets("key", KEY)


def request(event: dict[str, Any], *, key: str = KEY, at: int = NOW, **signature: str) -> CallbackRequest:
    stamp = str(at // 1_000)
    signed = hmac.digest(key.encode(), f"{stamp}tok".encode(), "sha256").hex()
    about = {"message": {"headers": {"message-id": f"{DELIVERY}@example.com", "to": "lea@example.com"}}, **event}
    body = {"signature": {"timestamp": stamp, "token": "tok", "signature": signed, **signature}, "event-data": about}
    return CallbackRequest("https://x/p/1/t/events", "events", body=msgspec.json.encode(body), received_at=NOW)


def failure(code: int, message: str, severity: str = "permanent", reason: str = "bounce") -> dict[str, Any]:
    return {
        "event": "failed",
        "severity": severity,
        "reason": reason,
        "delivery-status": {"code": code, "message": message, "description": "", "attempt-no": 1},
    }


@pytest.mark.parametrize(
    ("event", "fate"),
    [
        ({"event": "delivered", "delivery-status": {"code": 250, "message": "OK"}}, Fate.DELIVERED),
        ({"event": "complained"}, Fate.COMPLAINED),
        ({"event": "unsubscribed"}, Fate.REFUSED),
        (failure(550, "5.1.1 The email account that you tried to reach does not exist"), Fate.NO_SUCH_ADDRESS),
        (failure(552, "5.2.2 Mailbox full"), Fate.UNDELIVERED),
        (failure(550, "5.7.515 Access denied"), Fate.SENDER_AT_FAULT),
        (failure(605, "Not delivering to previously bounced address", reason="suppress-bounce"), Fate.NO_SUCH_ADDRESS),
        (failure(607, "Not delivering to a user who marked your messages as spam", reason="suppress-complaint"), Fate.REFUSED),
    ],
)
def test_what_is_over_is_told(event: dict[str, Any], fate: Fate) -> None:
    [found] = hear(SETTINGS, SECRETS, request(event)).reports
    assert isinstance(found, FateReport)
    assert (found.delivery, found.fate) == (DELIVERY, fate)


@pytest.mark.parametrize(
    "event",
    [
        failure(450, "4.2.0 Greylisted", severity="temporary", reason="generic"),
        {"event": "accepted"},
        {"event": "opened"},
        {"event": "clicked"},
        {"event": "stored"},
        {"event": "delivered", "message": {"headers": {"message-id": "somebody.elses@example.com"}}},
        {"event": "delivered", "message": {"headers": {}}},
    ],
)
def test_what_is_not_over_or_not_ours_is_nothing(event: dict[str, Any]) -> None:
    assert hear(SETTINGS, SECRETS, request(event)).reports == ()


@pytest.mark.parametrize(
    "forged",
    [
        request({"event": "complained"}, key="other"),
        request({"event": "complained"}, token="another"),
        request({"event": "complained"}, signature="é"),
        request({"event": "complained"}, timestamp="1e9"),
        request({"event": "complained"}, timestamp=""),
        request({"event": "complained"}, at=NOW - TOLERANCE - 1_000),
        request({"event": "complained"}, at=NOW + AHEAD + 1_000),
        CallbackRequest("https://x", "events", body=b"{}", received_at=NOW),
    ],
)
def test_what_is_not_signed_or_old_is_refused(forged: CallbackRequest) -> None:
    with pytest.raises(CallbackForgedError):
        hear(SETTINGS, SECRETS, forged)


def test_without_a_key_nobody_is_believed() -> None:
    with pytest.raises(CallbackForgedError):
        hear(SETTINGS, MailgunSecrets("key"), request({"event": "complained"}, key=""))


@pytest.mark.parametrize("body", [b"", b"a=b", b"[]", b'{"event-data": 3}', b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidError):
        hear(SETTINGS, SECRETS, CallbackRequest("https://x", "events", body=body, received_at=NOW))
