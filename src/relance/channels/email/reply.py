"""What a mail server's refusal means: try again, give up on this message, or give up on this address. Pure."""

from __future__ import annotations

import re

from relance.channels.model import SendResult, SendState

DETAIL = 300  # characters of a reply kept for the operator

#: Enhanced status codes (RFC 3463, RFC 7505) by which a server says, to RCPT, that this very mailbox takes no mail: no such
#: mailbox (5.1.1), no such domain (5.1.2), an address of no sense (5.1.3), a mailbox that has moved away (5.1.6), a domain that
#: takes no mail (5.1.10), a mailbox that is switched off (5.2.1). All others speak of the sender, of policy, of a full mailbox or
#: of the system, and so does a refusal without such a code for all one can know: spam filters say "550 no such user" as well.
OF_THE_ADDRESS = frozenset(("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"))
# At the very beginning, after a mark that some put before it; a code further on is a quotation.
_ENHANCED = re.compile(r"[\s#<(\[]*([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![.0-9])", re.ASCII)


def read_reply(code: int, message: str, *, to_recipient: bool = False) -> SendResult:
    """What a refusal means (RFC 5321, 4.2.1): 4xx may be tried again, 5xx may not. 421 closes the connection: again.

    ``to_recipient``: it answered the RCPT of this one address, so that it may be about the address.
    """
    said = f"{code} {message}"[:DETAIL]
    if code < 500:
        return SendResult(SendState.RETRY, said)
    is_bounce = to_recipient and enhanced_status(message) in OF_THE_ADDRESS
    return SendResult(SendState.BOUNCED if is_bounce else SendState.FAILED, said)


def enhanced_status(message: str) -> str:
    """The enhanced status code that a reply begins with, without leading zeros; empty if there is none."""
    found = _ENHANCED.match(message)
    return ".".join(str(int(part)) for part in found[1].split(".")) if found else ""
