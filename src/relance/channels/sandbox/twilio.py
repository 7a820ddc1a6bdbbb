"""A receiver that speaks as Twilio's Messages API, and signs what it reports, as Twilio documents both."""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from hashlib import sha1
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from relance.channels.sandbox.http_server import ReceivedRequest, Reply

BODY_LIMIT = 1_600  # characters of a text
FIELDS = 50  # of a form

INVALID_NUMBER, MISSING_SENDER, EMPTY_BODY, TOO_LONG, OPTED_OUT = 21211, 21603, 21602, 21617, 21610


class TwilioAccount(NamedTuple):
    """An account with Twilio."""

    sid: str
    token: str


class TwilioReceiver:
    """``refusal``: a number → the code by which a text to it is refused, 0 where it is taken.

    ``take`` gets the form of each message, with its ``sid``, before it is answered.
    """

    def __init__(self, account: TwilioAccount, refusal: Callable[[str], int], take: Callable[[dict[str, str]], object]) -> None:
        self._account = account
        self._refusal = refusal
        self._take = take

    @property
    def path(self) -> str:
        """Where messages are posted to."""
        return f"/2010-04-01/Accounts/{self._account.sid}/Messages.json"

    def reply(self, request: ReceivedRequest) -> Reply:
        """What Twilio would answer."""
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        try:
            shown = b64decode(given, validate=True)
            form = dict(parse_qsl(request.body.decode(), max_num_fields=FIELDS))
        except ValueError:
            return _refused(400, 20001, "Invalid request")
        if not hmac.compare_digest(shown, f"{self._account.sid}:{self._account.token}".encode()):
            return _refused(401, 20003, "Authenticate")
        if request.path != self.path:
            return _refused(404, 20404, "The requested resource was not found")
        code = _missing(form) or self._refusal(form["To"])
        if code:
            return _refused(400, code, "Refused")
        sid = f"SM{secrets.token_hex(16)}"
        self._take({**form, "sid": sid})
        return _json(201, {"sid": sid, "status": "queued", "error_code": None, "num_segments": "1"})


def signature(url: str, form: Mapping[str, str], token: str) -> str:
    """Of a request from Twilio: over the address, then each name and value in order of the names."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return b64encode(hmac.new(token.encode(), text.encode(), sha1).digest()).decode()


def _missing(form: Mapping[str, str]) -> int:
    if not form.get("To", "").startswith("+"):
        return INVALID_NUMBER
    if not (form.get("From") or form.get("MessagingServiceSid")):
        return MISSING_SENDER
    body = form.get("Body", "")
    return EMPTY_BODY if not body else TOO_LONG if len(body) > BODY_LIMIT else 0


def _json(status: int, body: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(body).encode(), {"content-type": "application/json"})


def _refused(status: int, code: int, text: str) -> Reply:
    return _json(status, {"code": code, "message": text, "status": status})
