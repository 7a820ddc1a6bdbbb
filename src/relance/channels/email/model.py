"""A finished e-mail."""

from __future__ import annotations

import msgspec


class WantedFile(msgspec.Struct, frozen=True):
    """A file that goes along, by its address. ``cid``: the page shows it in its text under that name; empty: it is attached."""

    url: str
    name: str = ""
    cid: str = ""


class MailFile(msgspec.Struct, frozen=True):
    """A file that goes along. ``body`` is base64 in lines, as it leaves; whoever gets it sees ``name``."""

    name: str
    media_type: str
    body: bytes
    cid: str = ""


class Email(msgspec.Struct, frozen=True, kw_only=True):
    """One finished e-mail to one address.

    ``sender`` and ``to`` are ``address`` or ``Name <address>``. ``message_id`` is the same for every attempt; where it
    has no ``@`` the sender's domain completes it. ``list_unsubscribe`` is the one-click address (RFC 8058), posted to
    by the mailbox, never by us. ``wanted`` must have been fetched, into ``files``, before the mail is built.
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
    reply_to: str = ""  # empty: answers go to the sender
    wanted: tuple[WantedFile, ...] = ()
    files: tuple[MailFile, ...] = ()
