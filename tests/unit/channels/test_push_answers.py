"""Which passing refusals of FCM and APNs are outages, for which all messages wait, and which are about one device."""

from __future__ import annotations

import json

import pytest

from relance.channels.http2 import Answer
from relance.channels.mobile_push.apns_answer import read_apns
from relance.channels.mobile_push.fcm_answer import read_fcm
from relance.channels.model import SendState


@pytest.mark.parametrize(
    ("status", "said", "is_outage"),
    [
        (429, {"reason": "TooManyRequests"}, False),  # to this one device
        (410, {"reason": "Unregistered", "timestamp": 1}, False),  # a device that is in use again
        (429, {"reason": "TooManyProviderTokenUpdates"}, True),
        (429, {}, True),
        (500, {"reason": "InternalServerError"}, True),
        (503, {"reason": "ServiceUnavailable"}, True),
        (503, {"reason": "Shutdown"}, True),
        (502, {}, True),
    ],
)
def test_apns(status: int, said: dict[str, object], is_outage: bool) -> None:
    result = read_apns(Answer(status, json.dumps(said).encode(), 0), registered_at=2).result()
    assert (result.state, result.is_outage) == (SendState.RETRY, is_outage)


@pytest.mark.parametrize(
    ("status", "code", "is_outage"),
    [
        (401, "THIRD_PARTY_AUTH_ERROR", False),  # the Firebase project's key for iPhones: Android phones are reached
        (429, "QUOTA_EXCEEDED", True),
        (503, "UNAVAILABLE", True),
        (500, "INTERNAL", True),
        (502, "", True),
    ],
)
def test_fcm(status: int, code: str, is_outage: bool) -> None:
    result = read_fcm(Answer(status, json.dumps({"error": {"details": [{"errorCode": code}]}}).encode(), 0)).result()
    assert (result.state, result.is_outage) == (SendState.RETRY, is_outage)
