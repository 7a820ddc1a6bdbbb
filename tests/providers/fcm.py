"""Google's side of Firebase Cloud Messaging, HTTP v1, and of its token endpoint, by what Google publishes."""

from __future__ import annotations

import json
import re
import time
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.providers.cases import Case
from tests.providers.http2_server import Misbehaviour, Reply, Request

PROJECT = "shop-1a2b3"
EMAIL = f"firebase-adminsdk@{PROJECT}.iam.gserviceaccount.com"
LIMIT = 4096
_MISBEHAVIOURS = {
    Case.SILENCE: Misbehaviour.SILENCE,
    Case.RESET: Misbehaviour.RESET,
    Case.GARBAGE: Misbehaviour.GARBAGE,
    Case.GOAWAY: Misbehaviour.LEAVE,
}
_FIELDS = {"name", "data", "notification", "android", "webpush", "apns", "fcm_options", "fid", "token", "topic", "condition"}
_NOTIFICATION = {"title", "body", "image"}
_ANDROID = {
    "collapse_key",
    "priority",
    "ttl",
    "restricted_package_name",
    "data",
    "notification",
    "fcm_options",
    "direct_boot_ok",
}
_TARGET = {"token", "fid", "topic", "condition"}


def make_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


class FakeFcm:
    """``sent`` are the messages taken; ``cases`` what the next ones meet; ``ended`` the tokens that are no more."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self.key = key
        self.sent: list[dict[str, Any]] = []
        self.cases: list[Case] = []
        self.ended: set[str] = set()
        self.others: set[str] = set()  # tokens of another project
        self.grants = 0
        self.lasts = 3_600
        self.granted: set[str] = set()

    def service_account(self) -> str:
        """The file that the console gives out."""
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return json.dumps(
            {
                "type": "service_account",
                "project_id": PROJECT,
                "private_key_id": "k1",
                "private_key": pem,
                "client_email": EMAIL,
                "token_uri": "https://oauth2.googleapis.com/token",
            }
        )

    async def answer(self, request: Request) -> Reply | Misbehaviour:
        if request.path == "/token":
            return self._grant(request)
        case = self.cases.pop(0) if self.cases else Case.SUCCESS
        if case in _MISBEHAVIOURS:
            return _MISBEHAVIOURS[case]
        return self._by_case(case) or self._send(request)

    @staticmethod
    def _by_case(case: Case) -> Reply | None:
        match case:
            case Case.RETRY_AFTER:
                return _error(503, "UNAVAILABLE", "UNAVAILABLE", "The server is overloaded.", {"retry-after": "7"})
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

    def _grant(self, request: Request) -> Reply:
        fields = parse_qs(request.body.decode())
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        if fields.get("grant_type") != ["urn:ietf:params:oauth:grant-type:jwt-bearer"]:
            return _json(400, {"error": "unsupported_grant_type", "error_description": "Invalid grant_type"})
        try:
            claims = jwt.decode(
                fields["assertion"][0],
                self.key.public_key(),
                algorithms=["RS256"],
                audience=f"https://{request.headers[':authority']}/token",
                options={"require": ["iss", "iat", "exp", "aud"]},
            )
        except jwt.InvalidTokenError:
            return _json(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        if claims["iss"] != EMAIL or claims["scope"] != "https://www.googleapis.com/auth/firebase.messaging":
            return _json(401, {"error": "unauthorized_client", "error_description": "Unauthorized client or scope in request."})
        if claims["exp"] - claims["iat"] > 3_600 or abs(time.time() - claims["iat"]) > 300:
            return _json(400, {"error": "invalid_grant", "error_description": "Token must be a short-lived token (60 minutes)."})
        self.grants += 1
        token = f"ya29.token-{self.grants}"
        self.granted.add(token)
        return _json(200, {"access_token": token, "expires_in": self.lasts, "token_type": "Bearer"})

    def _send(self, request: Request) -> Reply:
        if request.path != f"/v1/projects/{PROJECT}/messages:send":
            return _error(404, "NOT_FOUND", "", "Requested entity was not found.")
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.granted:
            return _error(401, "UNAUTHENTICATED", "", "Request had invalid authentication credentials.")
        message = json.loads(request.body)["message"]
        wrong = _violation(message)
        if wrong:
            return _bad_request(*wrong)
        target = message.get("token") or message.get("fid")
        if target in self.ended:
            return _error(404, "NOT_FOUND", "UNREGISTERED", "Requested entity was not found.")
        if target in self.others:
            return _error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "SenderId mismatch")
        if target == "invalid":
            return _error(
                400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token"
            )
        self.sent.append(message)
        return _json(200, {"name": f"projects/{PROJECT}/messages/{len(self.sent)}"})


def _violation(message: dict[str, Any]) -> tuple[str, str] | None:
    """(The field, what is wrong with it)."""
    shown, android, data = message.get("notification", {}), message.get("android", {}), message.get("data", {})
    for path, names, known in (("message", message, _FIELDS), ("message.notification", shown, _NOTIFICATION)):
        if set(names) - known:
            return f"{path}.{min(set(names) - known)}", "Cannot find field."
    if set(android) - _ANDROID:
        return "message.android", "Cannot find field."
    if len(_TARGET & set(message)) != 1:
        return "message", "Exactly one of fid, token, topic or condition is required."
    for key, value in data.items():
        if not isinstance(value, str):
            return "message.data", "Invalid value (TYPE_STRING)"
        if key in ("from", "message_type") or key.startswith(("google", "gcm")):
            return "message.data", f"Invalid data payload key: {key}"
    if not re.fullmatch(r"\d+s", android.get("ttl", "0s")) or int(android.get("ttl", "0s")[:-1]) > 28 * 86_400:
        return "message.android.ttl", "Invalid TTL"
    if android.get("priority", "NORMAL") not in ("NORMAL", "HIGH"):
        return "message.android.priority", "Invalid value"
    if len(json.dumps([shown, data], ensure_ascii=False, separators=(",", ":")).encode()) > LIMIT:
        return "message", "Message is too big."
    return None


def _json(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})})


def _error(status: int, name: str, code: str, text: str, headers: dict[str, str] | None = None) -> Reply:
    details = [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}] if code else []
    return _json(status, {"error": {"code": status, "message": text, "status": name, "details": details}}, headers)


def _bad_request(field: str, text: str) -> Reply:
    violations = [{"field": field, "description": text}]
    details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}]
    return _json(400, {"error": {"code": 400, "message": text, "status": "INVALID_ARGUMENT", "details": details}})
