"""What a refusal of a mail is about: the mailbox, a passing trouble, or whoever sends. Pure; of replies and of notices alike.

Enhanced status codes are those of RFC 3463 (registry: iana.org/assignments/smtp-enhanced-status-codes), with RFC 7504 and 7505.
"""

from __future__ import annotations

import re
from enum import StrEnum

from relance.channels.callback import Fate

#: Codes by which a server says that this very mailbox takes no mail: no such mailbox (5.1.1), no such domain (5.1.2), an address
#: of no sense (5.1.3), a mailbox that has moved away (5.1.6), a domain that takes no mail (5.1.10), or one that is off (5.2.1).
#: All others speak of the sender, of policy, of a full mailbox or of the system, and so does a refusal without such a code for
#: all one can know: spam filters say "550 no such user" as well.
OF_THE_ADDRESS = frozenset(("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"))
#: The sender's address (5.1.7, 5.1.8), a message that is too large for the mailbox or the system (5.2.3, 5.3.4), protocol (x.5),
#: content (x.6), and policy, authentication and encryption (x.7, as 5.7.1 and 5.7.515).
_OF_THE_SENDER = frozenset(("5.1.7", "5.1.8", "5.2.3", "5.3.4"))
_SUBJECTS_OF_THE_SENDER = frozenset(("5", "6", "7"))
# At the very beginning, after a mark that some put before it; a code further on is a quotation.
_ENHANCED = re.compile(r"[\s#<(\[]*([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![.0-9])", re.ASCII)
_POLICY = re.compile(
    r"\bspam|block(ed|list)|black ?list|deny ?list|reputation|\bdmarc\b|\bdkim\b|\bspf\b|dnsbl|\brbl\b|policy|unauthenticated",
    re.IGNORECASE,
)


class BounceType(StrEnum):
    """What made a mail come back."""

    HARD = "hard"  # the mailbox does not exist or takes no mail
    SOFT = "soft"  # this time; the same mailbox may be reached again
    SENDER = "sender"  # the sending domain, the message or a policy about them: no fault of the mailbox


#: What is reported of a mail that came back.
FATES = {
    BounceType.HARD: Fate.NO_SUCH_ADDRESS,
    BounceType.SOFT: Fate.UNDELIVERED,
    BounceType.SENDER: Fate.SENDER_AT_FAULT,
}


def bounce_type(status: str, words: str = "") -> BounceType:
    """What a refusal with an enhanced status code (empty: none) is about; ``words`` are the server's."""
    if status in OF_THE_ADDRESS:
        return BounceType.HARD
    if status in _OF_THE_SENDER or (status.split(".")[1:2] and status.split(".")[1] in _SUBJECTS_OF_THE_SENDER):
        return BounceType.SENDER
    return BounceType.SENDER if _POLICY.search(words) else BounceType.SOFT


def enhanced_status(message: str) -> str:
    """The enhanced status code that a reply begins with, without leading zeros; empty if there is none."""
    found = _ENHANCED.match(message)
    return ".".join(str(int(part)) for part in found[1].split(".")) if found else ""
