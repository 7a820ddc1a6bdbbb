"""What a mail server's refusal means: try again, give up on this message, or give up on this address. Pure."""

from __future__ import annotations

from relance.channels.email.bounce import BounceType, bounce_type, enhanced_status
from relance.channels.model import SendResult, SendState

DETAIL = 300  # characters of a reply kept for the operator


def read_reply(code: int, message: str, *, to_recipient: bool = False) -> SendResult:
    """What a refusal means (RFC 5321, 4.2.1): 4xx may be tried again, 5xx may not. 421 closes the connection: again.

    ``to_recipient``: it answered the RCPT of this one address, so that it may be about the address.
    """
    said = f"{code} {message}"[:DETAIL]
    if code < 500:
        return SendResult(SendState.RETRY, said, is_outage=not to_recipient)
    is_bounce = to_recipient and bounce_type(enhanced_status(message)) is BounceType.HARD
    return SendResult(SendState.BOUNCED if is_bounce else SendState.FAILED, said)
