"""Notices that come back by mail: of failed delivery (RFC 3464) and of complaints (RFC 5965). Pure, and bounded.

Whoever writes to a return address writes what they like. So size, number of parts and what is kept are limited, and a mail that
is no notice (an answer that a mailbox gives by itself, above all) means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from relance.channels.callback import Fate, ReturnedReport
from relance.channels.email.bounce import FATES, bounce_type, enhanced_status

MOST_BYTES = 256_000  # of a mail that are looked at; notices put the returned mail last
MOST_PARTS = 40
MOST_RECIPIENTS = 10
DETAIL = 300  # characters of what a server said
_SEARCHED = 8_000  # characters of a notice in plain words
_CONTENT_TYPE = re.compile(rb"^content-type\s*:", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>;,\"()]{1,64}@[^\s<>;,\"()]{1,255}")
# "550 5.1.1", "550-5.1.1", "smtp; 550 #5.1.1", and a code alone.
_SAID = re.compile(r"(?:\b[45]\d\d[ -]+)?#?\b([45]\.\d{1,3}\.\d{1,3})\b")
_REPLY = re.compile(r"^\s*(?:[\w-]+\s*;)?\s*(?:[45]\d\d[ -]+)?(?:\([^)]*\)\s*)?", re.ASCII)


def read_notice(raw: bytes) -> ReturnedReport | None:
    """What a mail to a return address tells; None if nothing: an automatic answer, a delay, or no notice at all."""
    raw = raw[:MOST_BYTES]
    if len(_CONTENT_TYPE.findall(raw)) > MOST_PARTS:
        return None
    try:
        mail = message_from_bytes(raw, policy=compat32)
        return _read(mail)
    except (RecursionError, LookupError, ValueError):  # nested too deep, unknown encodings, broken headers
        return None


def _read(mail: Message) -> ReturnedReport | None:
    parts = list(_parts(mail))
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            return _complaint(_fields(part), parts)
    for part in parts:
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            return _bounce(_fields(part))
    return _in_plain_words(mail, parts)


def _parts(mail: Message) -> Iterator[Message]:
    """The parts of the notice itself, not of the mail that it returns."""
    waiting, seen = [mail], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        yield part
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += [each for each in part.get_payload() if isinstance(each, Message)]


def _fields(part: Message) -> list[Message]:
    """The groups of fields of a machine-readable part (RFC 3464, 2.1; RFC 5965, 3)."""
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)][: MOST_RECIPIENTS + 1] if isinstance(payload, list) else []


def _bounce(groups: list[Message]) -> ReturnedReport | None:
    """The first group whose action is ``failed``. Of a mail to one recipient there is one; a list's server may add more."""
    failed = [each for each in groups if _text(each, "Action").lower() == "failed"]
    if not failed:
        return None  # delayed, relayed, delivered, expanded: it is not over, or went well
    group = failed[0]
    words = _text(group, "Diagnostic-Code")
    said = enhanced_status(_REPLY.sub("", words)) or _first_code(words)
    status = enhanced_status(_text(group, "Status"))
    # The field is there to be read by machines; words may quote anything. They count where the field says nothing, as 5.0.0.
    code = said or status if status.endswith(".0.0") or not status else status
    detail = " ".join(f"{status} {words}".split())[:DETAIL]
    return ReturnedReport(FATES[bounce_type(code, words)], detail, _recipients(failed))


def _complaint(groups: list[Message], parts: list[Message]) -> ReturnedReport | None:
    """Reports of abuse and fraud; ``not-spam`` and others accuse nobody."""
    kind = next((text for each in groups if (text := _text(each, "Feedback-Type").lower())), "")
    if kind not in ("abuse", "fraud"):
        return None
    named = [
        address for each in groups for name in ("Original-Rcpt-To", "Removal-Recipient") for address in _addresses(each, name)
    ]
    for part in parts:  # the mail that is complained about, or its head
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            named += [address for each in _fields(part)[:1] for address in _addresses(each, "To")]
    by = next((text for each in groups if (text := _text(each, "User-Agent"))), "")
    return ReturnedReport(Fate.COMPLAINED, f"{kind} {by}".strip()[:DETAIL], tuple(dict.fromkeys(named))[:MOST_RECIPIENTS])


def _in_plain_words(mail: Message, parts: list[Message]) -> ReturnedReport | None:
    """A notice that no machine can read, as Exim writes it: known by the header in which it names who was not reached."""
    failed = _addresses(mail, "X-Failed-Recipients")
    if not failed:
        return None
    text = next((_body(each) for each in parts if each.get_content_type() == "text/plain"), "")[:_SEARCHED]
    code = _first_code(text)
    line = next((line.strip() for line in text.splitlines() if code and code in line), "")
    return ReturnedReport(FATES[bounce_type(code, line)], line[:DETAIL], tuple(failed[:MOST_RECIPIENTS]))


def _body(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _first_code(text: str) -> str:
    found = _SAID.search(text)
    return enhanced_status(found[1]) if found else ""


def _recipients(groups: list[Message]) -> tuple[str, ...]:
    found = [
        address for each in groups for name in ("Original-Recipient", "Final-Recipient") for address in _addresses(each, name)
    ]
    return tuple(dict.fromkeys(found))[:MOST_RECIPIENTS]


def _addresses(fields: Message, name: str) -> list[str]:
    return _ADDRESS.findall(_text(fields, name))


def _text(fields: Message, name: str) -> str:
    return " ".join(str(fields.get(name, "")).split())[: 10 * DETAIL]
