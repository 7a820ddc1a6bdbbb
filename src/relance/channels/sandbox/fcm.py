"""A receiver that speaks as Firebase Cloud Messaging, HTTP v1, and as its token endpoint: what Google publishes of them."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from relance.channels.sandbox.http_server import ReceivedRequest, Reply

LIMIT = 4096  # bytes of notification and data
TOKEN_PATH = "/token"  # noqa: S105 - an address
LONGEST_LIFE = 28 * 86_400  # seconds
MOST_GRANTED = 100  # access tokens that are good at once
_SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
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


class TokenTarget(Enum):
    """What a registration token stands for."""

    DEVICE = "device"
    ENDED = "ended"
    OTHERS = "others"  # another project's
    NONE = "none"  # never given out


class FcmAccount(NamedTuple):
    """A Firebase project and its service account."""

    key: rsa.RSAPrivateKey
    project: str
    email: str

    def service_account(self) -> str:
        """The file that the console gives out."""
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return json.dumps(
            {
                "type": "service_account",
                "project_id": self.project,
                "private_key_id": "k1",
                "private_key": pem,
                "client_email": self.email,
                "token_uri": "https://oauth2.googleapis.com/token",
            }
        )


class FcmReceiver:
    """``target`` tells what a token stands for; ``take`` gets each message with the token it is for."""

    def __init__(
        self, account: FcmAccount, target: Callable[[str], TokenTarget], take: Callable[[str, dict[str, Any]], object]
    ) -> None:
        self.account = account
        self._target = target
        self._take = take
        self.granted: set[str] = set()  # access tokens that are good
        self.grants = 0
        self.lasts = 3_600  # seconds, of an access token
        self._sent = 0

    @property
    def path(self) -> str:
        """Where messages are posted to."""
        return f"/v1/projects/{self.account.project}/messages:send"

    def reply(self, request: ReceivedRequest) -> Reply:
        """What Google would answer."""
        return self._grant(request) if request.path == TOKEN_PATH else self._send(request)

    def _grant(self, request: ReceivedRequest) -> Reply:
        fields = parse_qs(request.body.decode("utf-8", "replace"))
        if request.headers.get("content-type") != "application/x-www-form-urlencoded":
            return _json(400, {"error": "invalid_request", "error_description": "Content-Type must be form-urlencoded"})
        if fields.get("grant_type") != ["urn:ietf:params:oauth:grant-type:jwt-bearer"]:
            return _json(400, {"error": "unsupported_grant_type", "error_description": "Invalid grant_type"})
        try:
            claims = jwt.decode(
                fields.get("assertion", [""])[0],
                self.account.key.public_key(),
                algorithms=["RS256"],
                audience=f"https://{request.headers[':authority']}{TOKEN_PATH}",
                options={"require": ["iss", "iat", "exp", "aud"]},
            )
        except jwt.InvalidTokenError:
            return _json(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        if claims["iss"] != self.account.email or claims.get("scope") != _SCOPE:
            return _json(401, {"error": "unauthorized_client", "error_description": "Unauthorized client or scope in request."})
        if claims["exp"] - claims["iat"] > 3_600 or abs(time.time() - claims["iat"]) > 300:
            return _json(400, {"error": "invalid_grant", "error_description": "Token must be a short-lived token (60 minutes)."})
        self.grants += 1
        token = f"ya29.{secrets.token_urlsafe(24)}"
        if len(self.granted) >= MOST_GRANTED:
            self.granted.clear()  # who held one is refused once, and asks for another
        self.granted.add(token)
        return _json(200, {"access_token": token, "expires_in": self.lasts, "token_type": "Bearer"})

    def _send(self, request: ReceivedRequest) -> Reply:
        if request.path != self.path:
            return _error(404, "NOT_FOUND", "", "Requested entity was not found.")
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.granted:
            return _error(401, "UNAUTHENTICATED", "", "Request had invalid authentication credentials.")
        try:
            message = json.loads(request.body)["message"]
            wrong = _violation(message)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return _error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "Invalid JSON payload received.")
        if wrong:
            return _bad_request(*wrong)
        token = str(message.get("token") or message.get("fid") or "")
        match self._target(token):
            case TokenTarget.ENDED:
                return _error(404, "NOT_FOUND", "UNREGISTERED", "Requested entity was not found.")
            case TokenTarget.OTHERS:
                return _error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "SenderId mismatch")
            case TokenTarget.NONE:
                text = "The registration token is not a valid FCM registration token"
                return _error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", text)
        self._take(token, message)
        self._sent += 1
        return _json(200, {"name": f"projects/{self.account.project}/messages/{self._sent}"})


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
    if not re.fullmatch(r"\d{1,9}s", android.get("ttl", "0s")) or int(android.get("ttl", "0s")[:-1]) > LONGEST_LIFE:
        return "message.android.ttl", "Invalid TTL"
    if android.get("priority", "NORMAL") not in ("NORMAL", "HIGH"):
        return "message.android.priority", "Invalid value"
    if len(json.dumps([shown, data], ensure_ascii=False, separators=(",", ":")).encode()) > LIMIT:
        return "message", "Message is too big."
    return None


def _json(status: int, body: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(body).encode(), {"content-type": "application/json"})


def _error(status: int, name: str, code: str, text: str) -> Reply:
    details = [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}] if code else []
    return fcm_error(status, name, text, details)


def fcm_error(status: int, name: str, text: str, details: list[dict[str, Any]]) -> Reply:
    """An error as Google writes it (``google.rpc.Status``)."""
    return _json(status, {"error": {"code": status, "message": text, "status": name, "details": details}})


def _bad_request(field: str, text: str) -> Reply:
    violations = [{"field": field, "description": text}]
    return fcm_error(
        400, "INVALID_ARGUMENT", text, [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}]
    )
