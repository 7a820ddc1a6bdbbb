"""What a mail server's refusal means: try again, give up on this message, or give up on this address. Pure."""

from __future__ import annotations

import re

from relance.channels.email.bounce import BounceType, bounce_type, enhanced_status
from relance.channels.model import SendResult, SendState

DETAIL = 300  # characters of a reply kept for the operator


#: What of an enhanced status code (RFC 3463: class.subject.detail) says whom a passing refusal is about: the addresses, the
#: mailbox, the protocol and the content are this mail's; policy is, too, unless the server says that it has too much to do.
_OF_THIS_MAIL, _POLICY = frozenset("1256"), "7"
_OVERLOADED = re.compile(r"unavailable|\bbusy\b|overload|throttl|\brates?\b|\bquota\b|too many|too much|too fast", re.IGNORECASE)
_MAILBOX_UNAVAILABLE = 450
_CLOSING = 421


def read_reply(code: int, message: str, *, to_recipient: bool = False) -> SendResult:
    """What a refusal means (RFC 5321, 4.2.1): 4xx may be tried again, 5xx may not. 421 closes the connection: again.

    ``to_recipient``: it answered the RCPT of this one address, so that it may be about the address. It tells of an outage only
    where it would refuse any mail: else one message that a filter dislikes would keep all others from leaving.
    """
    said = f"{code} {message}"[:DETAIL]
    if code < 500:
        return SendResult(SendState.RETRY, said, is_outage=_would_refuse_any(code, message, to_recipient=to_recipient))
    is_bounce = to_recipient and bounce_type(enhanced_status(message)) is BounceType.HARD
    return SendResult(SendState.BOUNCED if is_bounce else SendState.FAILED, said)


def _would_refuse_any(code: int, message: str, *, to_recipient: bool) -> bool:
    if code == _CLOSING or to_recipient:
        return code == _CLOSING
    status = enhanced_status(message)
    if not status:
        return code != _MAILBOX_UNAVAILABLE and bounce_type("", message) is not BounceType.SENDER
    subject = status.split(".")[1]
    return subject not in _OF_THIS_MAIL and (subject != _POLICY or _OVERLOADED.search(message) is not None)
