"""Apple's side of the push notification service: the sandbox's receiver, and the bad days that only tests have."""

from __future__ import annotations

import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from relance.channels.sandbox.apns import ApnsAccount, ApnsReceiver
from tests.providers.cases import Case
from tests.providers.http2_server import Misbehaviour, Reply, Request

TEAM, KEY_ID, TOPIC = "TEAM123456", "KEY1234567", "com.example.shop"
_MISBEHAVIOURS = {
    Case.SILENCE: Misbehaviour.SILENCE,
    Case.RESET: Misbehaviour.RESET,
    Case.GARBAGE: Misbehaviour.GARBAGE,
    Case.GOAWAY: Misbehaviour.LEAVE,
}
_BY_CASE = {
    Case.THROTTLED: (429, "TooManyRequests"),
    Case.RETRY_AFTER: (503, "ServiceUnavailable"),
    Case.BREAKDOWN: (500, "InternalServerError"),
    Case.WRONG_KEY: (403, "InvalidProviderToken"),
}


class FakeApns(ApnsReceiver):
    """``sent`` are the notifications taken; ``cases`` what the next ones meet, or ``reasons``: their status and reason.

    ``ended`` are tokens that are no more, and since when (ms).
    """

    def __init__(self) -> None:
        account = ApnsAccount(ec.generate_private_key(ec.SECP256R1()), TEAM, KEY_ID, TOPIC)
        super().__init__(
            account, lambda token: self.ended.get(token), lambda _, headers, payload: self.sent.append((headers, payload))
        )
        self.p8 = account.p8
        self.sent: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.cases: list[Case] = []
        self.reasons: list[tuple[int, str]] = []
        self.ended: dict[str, int] = {}

    async def answer(self, request: Request) -> Reply | Misbehaviour:
        apns_id = request.headers.get("apns-id", "")
        case = self.cases.pop(0) if self.cases else Case.SUCCESS
        if case in _MISBEHAVIOURS:
            return _MISBEHAVIOURS[case]
        if case is Case.REDIRECT:
            return Reply(307, headers={"location": "https://169.254.169.254/", "apns-id": apns_id})
        refused = self.reasons.pop(0) if self.reasons else _BY_CASE.get(case)
        if refused is None:
            return self.reply(request)
        status, reason = refused
        said = {"reason": reason} | ({"timestamp": 0} if status == 410 else {})
        return Reply(
            status, json.dumps(said).encode(), {"apns-id": apns_id} | ({"retry-after": "7"} if case is Case.RETRY_AFTER else {})
        )
