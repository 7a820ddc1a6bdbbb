"""Who a finished mail is from, and where notices about it come back to. Pure."""

from __future__ import annotations

import msgspec

from relance.channels.email.address import read_address
from relance.channels.email.model import Email
from relance.core.errors import InvalidError


def sender_domain(mail: Email) -> str:
    """The domain of its sender, in lower case; empty where that is no address: such a mail is not sent."""
    try:
        return read_address(mail.sender).domain.lower()
    except InvalidError:
        return ""


def returning_to(mail: Email, address: str) -> Email:
    """The mail with the address that notices about it come back to."""
    return msgspec.structs.replace(mail, return_path=address)
