"""Google's side of Firebase Cloud Messaging: the sandbox's receiver, and the bad days that only tests have."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from relance.channels.sandbox.fcm import FcmAccount, FcmReceiver, TokenTarget, fcm_error
from tests.providers.cases import Case
from tests.providers.http2_server import Misbehaviour, Reply, Request

PROJECT = "shop-1a2b3"
EMAIL = f"firebase-adminsdk@{PROJECT}.iam.gserviceaccount.com"
_MISBEHAVIOURS = {
    Case.SILENCE: Misbehaviour.SILENCE,
    Case.RESET: Misbehaviour.RESET,
    Case.GARBAGE: Misbehaviour.GARBAGE,
    Case.GOAWAY: Misbehaviour.LEAVE,
}


def make_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


class FakeFcm(FcmReceiver):
    """``sent`` are the messages taken; ``cases`` what the next ones meet; ``ended`` the tokens that are no more."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        super().__init__(FcmAccount(key, PROJECT, EMAIL), self._stands_for, lambda _, message: self.sent.append(message))
        self.sent: list[dict[str, Any]] = []
        self.cases: list[Case] = []
        self.ended: set[str] = set()
        self.others: set[str] = set()  # tokens of another project

    def service_account(self) -> str:
        """The file that the console gives out."""
        return self.account.service_account()

    def withdraw(self) -> None:
        """The service account's key is another one from now on."""
        self.account = self.account._replace(key=make_key())

    async def answer(self, request: Request) -> Reply | Misbehaviour:
        case = self.cases.pop(0) if self.cases and request.path != "/token" else Case.SUCCESS
        if case in _MISBEHAVIOURS:
            return _MISBEHAVIOURS[case]
        return self._by_case(case) or self.reply(request)

    def _stands_for(self, token: str) -> TokenTarget:
        if token == "invalid":
            return TokenTarget.NONE
        return TokenTarget.ENDED if token in self.ended else TokenTarget.OTHERS if token in self.others else TokenTarget.DEVICE

    @staticmethod
    def _by_case(case: Case) -> Reply | None:
        match case:
            case Case.RETRY_AFTER:
                busy = _error(503, "UNAVAILABLE", "UNAVAILABLE", "The server is overloaded.")
                busy.headers["retry-after"] = "7"
                return busy
            case Case.THROTTLED:
                return _error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", "Sending limit exceeded.")
            case Case.BREAKDOWN:
                return _error(500, "INTERNAL", "INTERNAL", "An unknown internal error occurred.")
            case Case.REDIRECT:
                return Reply(307, headers={"location": "https://169.254.169.254/"})
            case Case.WRONG_KEY:
                return _error(403, "PERMISSION_DENIED", "", "Permission 'cloudmessaging.messages.create' denied.")
            case _:
                return None


def _error(status: int, name: str, code: str, text: str) -> Reply:
    details = [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}] if code else []
    return fcm_error(status, name, text, details)
