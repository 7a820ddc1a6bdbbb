"""A finished e-mail."""

from __future__ import annotations

import msgspec


class Email(msgspec.Struct, frozen=True, kw_only=True):
    """One finished e-mail to one address.

    ``sender`` and ``to`` are ``address`` or ``Name <address>``. ``message_id`` is the same for every attempt; where it
    has no ``@`` the sender's domain completes it. ``list_unsubscribe`` is the one-click address (RFC 8058), posted to
    by the mailbox, never by us.
    """

    sender: str
    to: str
    subject: str
    message_id: str
    html: str = ""
    text: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    list_unsubscribe: str = ""  # an http(s) URL
    list_unsubscribe_mailto: str = ""  # an address
    return_path: str = ""  # where notices come back to (the envelope's sender); empty: to the sender
