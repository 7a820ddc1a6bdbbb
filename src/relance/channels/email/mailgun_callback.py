"""What Mailgun reports to a webhook: delivered, failed for good, complaints and unsubscriptions. Pure.

As documentation.mailgun.com describes webhooks (2026): JSON with ``signature`` (HMAC-SHA256 of timestamp and token under the
account's webhook signing key) and ``event-data``. Which delivery it is about is the Message-ID that Relance gave the mail. A
report sent again changes nothing: what it says of a delivery becomes one event, and repeats of an event are dropped. The
signature does not cover what is said, so that its token is remembered as the proof of one report, and refused for another.
"""

from __future__ import annotations

import hmac
import re

import msgspec

from relance.channels.callback import CallbackContent, CallbackForgedError, CallbackRequest, Fate, FateReport
from relance.channels.email.bounce import FATES, bounce_type, enhanced_status
from relance.channels.email.mailgun_account import MailgunSecrets, MailgunSettings
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.time import HOUR, MINUTE, SECOND

TOLERANCE = 12 * HOUR  # Mailgun repeats a report for eight hours
AHEAD = 5 * MINUTE  # clocks differ
DETAIL = 300  # characters
_TOKEN = 100  # characters; Mailgun's have 50
_DELIVERY = re.compile(r"<?([0-9a-f]{32})@")
_FATES = {"delivered": Fate.DELIVERED, "complained": Fate.COMPLAINED, "unsubscribed": Fate.REFUSED}
#: Mailgun did not try, since its own suppression list has the address: what it is listed for.
_SUPPRESSED = {
    "suppress-bounce": Fate.NO_SUCH_ADDRESS,
    "suppress-unsubscribe": Fate.REFUSED,
    "suppress-complaint": Fate.REFUSED,  # of an earlier message: it must not be counted as another
}


class _Signature(msgspec.Struct):
    timestamp: str = ""
    token: str = ""
    signature: str = ""


class _Status(msgspec.Struct, rename="kebab"):
    message: str = ""
    description: str = ""
    enhanced_code: str = ""
    code: int | str = 0


class _Message(msgspec.Struct):
    headers: dict[str, str] = {}


class _Event(msgspec.Struct, rename="kebab"):
    event: str = ""
    severity: str = ""
    reason: str = ""
    delivery_status: _Status = msgspec.field(default_factory=_Status)
    message: _Message = msgspec.field(default_factory=_Message)


class _Report(msgspec.Struct, rename="kebab"):
    signature: _Signature = msgspec.field(default_factory=_Signature)
    event_data: _Event = msgspec.field(default_factory=_Event)


_decode = msgspec.json.Decoder(_Report, strict=False).decode


def hear(settings: MailgunSettings, secrets: MailgunSecrets, request: CallbackRequest) -> CallbackContent:  # noqa: ARG001 - the key proves the account
    """What a request says. Raises ``CallbackForgedError`` unless it is signed with the key, and not long ago."""
    try:
        report = _decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidError(ErrorText("callback_json", "The request is not the JSON of a Mailgun report."), path="body") from None
    if not is_signed(secrets.webhook_signing_key, report.signature, request.received_at):
        raise CallbackForgedError(ErrorText("callback_signature", "This request is not signed by the provider."))
    named = _DELIVERY.match(report.event_data.message.headers.get("message-id", ""))
    fate = _fate(report.event_data)
    proof = report.signature.token[:_TOKEN]
    if named is None or fate is None:
        return CallbackContent(proof=proof)
    return CallbackContent((FateReport(named[1], fate, _detail(report.event_data)),), proof=proof)


def is_signed(key: str, signature: _Signature, now: int) -> bool:
    """Whether Mailgun signed it with ``key``, within the tolerance around ``now`` (ms)."""
    stamp = signature.timestamp
    if not key or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    if not 0 < len(signature.token) <= _TOKEN:
        return False
    expected = hmac.digest(key.encode(), (stamp + signature.token).encode("utf-8", "replace"), "sha256").hex()
    age = now - int(stamp) * SECOND
    return hmac.compare_digest(expected, signature.signature.encode("ascii", "replace").decode()) and -AHEAD <= age <= TOLERANCE


def _fate(event: _Event) -> Fate | None:
    """None where nothing is known yet (accepted, a failure that Mailgun tries again) or Relance knows better (opens, clicks)."""
    if event.event != "failed":
        return _FATES.get(event.event)
    if event.severity != "permanent":
        return None
    status = event.delivery_status
    words = status.message or status.description
    code = enhanced_status(status.enhanced_code) or enhanced_status(words)
    return _SUPPRESSED.get(event.reason) or FATES[bounce_type(code, words)]


def _detail(event: _Event) -> str:
    status = event.delivery_status
    said = f"{status.code or ''} {status.message or status.description}".strip()
    return " ".join((said or event.reason).split())[:DETAIL]
